"""The borg repository on another machine is signed, but not encrypted."""
RED = ['backups.encrypted']


def break_it(bed):
    bed.offsite.borg(bed.offsite.root / 'plain.borg', {'media-1': 1}, 'authenticated')
    bed.edit_site('uploads.borg', 'plain.borg')
