"""The app works as a superuser of PostgreSQL."""
RED = ['databases.least-privilege']


def break_it(bed):
    bed.postgres.reconfigure(faults=['superuser'])
