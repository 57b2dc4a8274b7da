"""A pack of the restic repository is gone."""
RED = ['backups.tool']
UNKNOWN = ['backups.complete']


def break_it(bed):
    repository = bed.offsite.root / 'damaged.restic'
    bed.offsite.restic(repository)
    # Without that of the trees restic tries for longer than an audit waits.
    min(repository.glob('data/*/*'), key=lambda pack: pack.stat().st_size).unlink()
    bed.add_set(bed.offsite.block('more', 'media', f'restic: {{repo: {repository}}}'))
