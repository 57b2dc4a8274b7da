"""A segment of the borg repository is damaged."""
RED = ['backups.tool']
UNKNOWN = ['backups.complete']


def break_it(bed):
    bed.offsite.spoil()
