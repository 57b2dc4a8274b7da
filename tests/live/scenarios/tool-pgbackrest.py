"""pgBackRest keeps two encrypted backups of the cluster, and says so: nothing is wrong."""
RED = []
GREEN = [(check, 'backup cluster') for check in (
    'backups.exist', 'backups.fresh', 'backups.retention', 'backups.complete', 'backups.of-this-site',
    'backups.tool')]


def break_it(bed):
    bed.pgbackrest.make(backups=2)
    bed.add_set(bed.pgbackrest.block(', keep: 2'))
