"""Nothing was ever copied to the object store."""
RED = ['backups.exist']
UNKNOWN = ['backups.fresh', 'backups.retention', 'backups.complete']


def break_it(bed):
    for path in bed.s3.kept():
        bed.journal.remove(path)
