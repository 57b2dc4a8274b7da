"""The borg repository looks damaged, and somebody holds its lock: it may be half written."""
RED = []
BLIND = ['backups.tool']
UNKNOWN = ['backups.complete']


def break_it(bed):
    bed.offsite.spoil()
    bed.journal.create(bed.offsite.repository / 'lock.exclusive', '', 'backup', 0o600)
