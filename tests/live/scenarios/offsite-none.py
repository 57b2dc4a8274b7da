"""Every copy of the site's own database is on the database's own machine."""
RED = ['backups.offsite']


def break_it(bed):
    bed.drop_set('away')
