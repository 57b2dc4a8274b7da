"""There is no backup of the database."""
RED = ['backups.exist']
# What is not there can be neither fresh nor whole.
UNKNOWN = ['backups.fresh', 'backups.complete', 'backups.private', 'backups.of-this-site',
           'backups.restorable', 'backups.retention']


def break_it(bed):
    for dump in bed.dumps():
        bed.journal.remove(dump)
