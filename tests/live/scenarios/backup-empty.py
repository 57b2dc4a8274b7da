"""The newest file of the uploads is empty, and so were those before it: the disk is full."""
RED = ['backups.exist']
UNKNOWN = ['backups.fresh', 'backups.complete', 'backups.of-this-site', 'backups.retention']


def break_it(bed):
    for archive in bed.archives():
        bed.journal.rewrite(archive, b'')
