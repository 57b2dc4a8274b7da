"""PgBouncer stands between: the app gets in, and no password is used that cannot be bound."""
RED = []
BLIND = ['databases.app-connects', 'databases.hba-rules', 'databases.least-privilege',
         'databases.public-schema', 'databases.supported-version', 'databases.tls-required',
         'backups.wal-archiving', 'conn-max-age.persistent']


def break_it(bed):
    bed.pgbouncer.between()
