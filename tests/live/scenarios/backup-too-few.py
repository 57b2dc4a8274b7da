"""Only two of the three generations are there."""
RED = ['backups.retention']


def break_it(bed):
    bed.journal.remove(bed.dumps()[0])
    bed.journal.remove(bed.archives()[0])
