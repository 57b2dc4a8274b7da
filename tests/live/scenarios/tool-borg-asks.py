"""The borg repository was moved: borg asks whether that is well, and nobody is there to say so."""
RED = []
BLIND = ['backups.exist', 'backups.fresh', 'backups.complete', 'backups.tool', 'backups.offsite']


def break_it(bed):
    moved = bed.offsite.root / 'moved.borg'
    bed.offsite.as_owner(['cp', '-r', bed.offsite.repository, moved])
    bed.edit_site('uploads.borg', 'moved.borg')
