"""The app's role may read files of the database host."""
RED = ['databases.least-privilege']


def break_it(bed):
    bed.postgres.reconfigure(faults=['reads_files'])
