"""Everybody on the machine may read a dump of the database."""
RED = ['backups.private']


def break_it(bed):
    bed.chmod(bed.backups, 0o755)
    bed.chmod(bed.dumps()[-1], 0o644)
