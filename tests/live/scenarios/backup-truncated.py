"""The newest dump ends in the middle."""
RED = ['backups.complete']


def break_it(bed):
    newest = bed.dumps()[-1]
    bed.journal.truncate(newest, newest.stat().st_size * 9 // 10)
