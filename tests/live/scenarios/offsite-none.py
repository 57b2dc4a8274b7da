"""Every copy of the reports' database is on the database's own machine."""
RED = ['backups.offsite']


def break_it(bed):
    bed.drop_set('reports-away')
