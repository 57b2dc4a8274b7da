"""A further set of the uploads is in a restic repository on another machine: nothing is wrong."""
RED = []
GREEN = [(check, 'backup more') for check in (
    'backups.exist', 'backups.fresh', 'backups.retention', 'backups.complete', 'backups.tool',
    'backups.encrypted')]


def break_it(bed):
    repository = bed.offsite.root / 'uploads.restic'
    bed.offsite.restic(repository, (26, 1))
    bed.add_set(bed.offsite.block('more', 'media', f'restic: {{repo: {repository}}}', ', keep: 2'))
