"""Barman streams from the cluster, has a backup, and finds nothing wrong with itself."""
RED = []
GREEN = [(check, 'backup cluster') for check in (
    'backups.exist', 'backups.fresh', 'backups.retention', 'backups.complete', 'backups.tool')]


def break_it(bed):
    bed.barman.make()
    bed.add_set(bed.barman.block(', keep: 1'))
