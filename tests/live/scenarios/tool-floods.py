"""What is run in the tool's name does not stop printing."""
RED = []
BLIND = ['backups.exist', 'backups.fresh', 'backups.complete', 'backups.tool', 'backups.offsite']


def break_it(bed):
    program = bed.path('srv/flood')
    bed.journal.create(program, '#!/bin/sh\nexec yes "$@"\n', 'root', 0o755)
    bed.edit_site('uploads.borg}, ', f'uploads.borg}}, program: {program}, ')
