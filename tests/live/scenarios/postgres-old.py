"""The database server is of a version that gets no fixes any more."""
RED = ['databases.supported-version']


def break_it(bed):
    bed.postgres.reconfigure(faults=['old_version'])
