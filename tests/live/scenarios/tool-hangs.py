"""The tool does not come to an end: it is ended, and so is what it started."""
RED = []
BLIND = ['backups.exist', 'backups.fresh', 'backups.complete', 'backups.tool', 'backups.offsite']
UNKNOWN = ['backups.retention', 'backups.of-this-site']


def break_it(bed):
    program = bed.path('srv/hang')
    bed.journal.create(program, '#!/bin/sh\ntrap "" TERM\nsleep 1000 & sleep 1000\n', 'root', 0o755)
    bed.edit_site('uploads.borg}, ', f'uploads.borg}}, program: {program}, ')
