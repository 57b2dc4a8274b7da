"""The newest archive in the borg repository is three days old."""
RED = ['backups.fresh']


def break_it(bed):
    repository = bed.offsite.root / 'stale.borg'
    bed.offsite.borg(repository, {'media-1': 96, 'media-2': 72})
    bed.edit_site('uploads.borg', 'stale.borg')
