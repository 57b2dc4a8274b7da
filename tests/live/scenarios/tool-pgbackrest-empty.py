"""pgBackRest has a stanza, and no backup was ever made into it."""
RED = ['backups.exist']
UNKNOWN = ['backups.fresh', 'backups.complete', 'backups.of-this-site', 'backups.tool']


def break_it(bed):
    bed.pgbackrest.make(backups=0)
    bed.add_set(bed.pgbackrest.block())
