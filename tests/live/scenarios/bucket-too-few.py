"""The object store keeps two copies, and should keep three."""
RED = ['backups.retention']


def break_it(bed):
    bed.journal.remove(bed.s3.kept()[0])
