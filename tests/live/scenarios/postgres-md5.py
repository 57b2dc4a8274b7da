"""The app's password is kept as an md5, so nothing better can be asked for."""
RED = ['databases.auth-method', 'databases.app-connects']
# A login that cannot be bound to its connection is not made, and shows nothing.
UNKNOWN = ['databases.hba-rules', 'databases.least-privilege', 'databases.public-schema',
           'databases.supported-version', 'databases.tls-required', 'backups.wal-archiving',
           'conn-max-age.persistent']


def break_it(bed):
    bed.postgres.reconfigure(verifier='md5')
