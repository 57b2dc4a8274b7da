"""PostgreSQL cannot archive its WAL any more, and goes on."""
RED = ['backups.wal-archiving']


def break_it(bed):
    bed.postgres.reconfigure(archives=False)
