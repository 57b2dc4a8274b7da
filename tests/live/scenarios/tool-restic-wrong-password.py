"""The password of the restic repository is another one than the site file leads to."""
RED = []
BLIND = ['backups.exist', 'backups.fresh', 'backups.complete', 'backups.tool']


def break_it(bed):
    repository = bed.offsite.root / 'closed.restic'
    bed.offsite.restic(repository)
    wrong = bed.path('etc/wrong.pw')
    bed.journal.create(wrong, 'not the password of this repository\n', 'backup', 0o600)
    bed.add_set(bed.offsite.block('more', 'media', f'restic: {{repo: {repository}}}', password=wrong))
