"""The borg repository, the one copy of the uploads on another machine, is not there."""
RED = ['backups.exist', 'backups.offsite']
UNKNOWN = ['backups.fresh', 'backups.complete', 'backups.tool']


def break_it(bed):
    bed.edit_site('uploads.borg', 'gone.borg')
