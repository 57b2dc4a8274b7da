"""PgBouncer takes whoever calls at his word, and logs in as the site's user for him."""
RED = ['databases.auth-method', 'databases.app-connects']
UNKNOWN = ['databases.hba-rules', 'databases.least-privilege', 'databases.public-schema',
           'databases.supported-version', 'databases.tls-required', 'backups.wal-archiving',
           'conn-max-age.persistent']


def break_it(bed):
    bed.pgbouncer.between(auth_type='any')
