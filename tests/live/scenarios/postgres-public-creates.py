"""Every role may create objects in schema public."""
RED = ['databases.public-schema']


def break_it(bed):
    bed.postgres.reconfigure(faults=['public_creates'])
