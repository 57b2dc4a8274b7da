"""pg_hba.conf names another address than the app's, so the app is refused."""
RED = ['databases.only-app-servers', 'databases.app-connects']
# Nothing that needs the app's session can be seen.
UNKNOWN = ['databases.auth-method', 'databases.hba-rules', 'databases.least-privilege',
           'databases.public-schema', 'databases.supported-version', 'databases.tls-required',
           'backups.wal-archiving', 'sessions.cleared', 'conn-max-age.persistent']


def break_it(bed):
    bed.postgres.reconfigure(app_addresses=['10.203.7.11/32', 'fd5f:706f:7374::11/128'])
