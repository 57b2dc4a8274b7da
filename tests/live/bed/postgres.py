"""PostgreSQL on the db host: TLS, SCRAM, one line of pg_hba.conf for each address of the app."""
import pathlib
import signal

from .processes import wait_for
from .service import Service, folder, place

SUPERUSER = 'postgres'

# What can be wrong inside the site's database: how it comes about, and how it goes away again.
FAULTS = {
    'superuser': ('ALTER ROLE shop SUPERUSER', 'ALTER ROLE shop NOSUPERUSER'),
    'reads_files': ('GRANT pg_read_server_files TO shop', 'REVOKE pg_read_server_files FROM shop'),
    'public_creates': ('GRANT CREATE ON SCHEMA public TO PUBLIC',
                       'REVOKE CREATE ON SCHEMA public FROM PUBLIC'),
    # The comment says that they are aged already.
    'aged_migrations': ("UPDATE django_migrations SET applied = applied - interval '5 days'"
                        " WHERE obj_description('django_migrations'::regclass) IS NULL;"
                        " COMMENT ON TABLE django_migrations IS 'aged'",
                        "UPDATE django_migrations SET applied = applied + interval '5 days'"
                        " WHERE obj_description('django_migrations'::regclass) = 'aged';"
                        ' COMMENT ON TABLE django_migrations IS NULL'),
    'new_migration': ('INSERT INTO django_migrations (app, name, applied)'
                      " VALUES ('shop', '0002_price', now() - interval '1 day')",
                      "DELETE FROM django_migrations WHERE name = '0002_price'"),
    # Rows that expired two months ago.
    'stale_sessions': ("INSERT INTO django_session SELECT 'stale' || n, '',"
                       " now() - interval '60 days' FROM generate_series(1, 150) AS n",
                       "DELETE FROM django_session WHERE session_key LIKE 'stale%'"),
    # No distribution has a server that old and the rest of the bed: this one says that it is.
    'old_version': ('SET allow_system_table_mods = on; CREATE OR REPLACE VIEW pg_catalog.pg_settings'
                    " AS SELECT name, CASE name WHEN 'server_version_num' THEN '120022' WHEN"
                    " 'server_version' THEN '12.22' ELSE setting END AS setting, unit, category,"
                    ' short_desc, extra_desc, context, vartype, source, min_val, max_val, enumvals,'
                    ' boot_val, reset_val, sourcefile, sourceline, pending_restart'
                    ' FROM pg_show_all_settings()',
                    'SET allow_system_table_mods = on; CREATE OR REPLACE VIEW pg_catalog.pg_settings'
                    ' AS SELECT * FROM pg_show_all_settings()'),
}


class Postgres(Service):
    name = 'postgresql'
    user = SUPERUSER
    ports = (5432,)
    kindly = signal.SIGINT      # "fast": does not wait for clients to leave
    healthy = {
        'app_addresses': None,  # who pg_hba.conf lets in; None: the app host
        'more_hba': (),         # further lines of pg_hba.conf
        'faults': (),           # of FAULTS
        'verifier': 'scram-sha-256',    # how the app's password is kept: that, or md5
        'archives': True,       # archive_command succeeds
        'past': 'kept',         # how the app's connections have been: kept, or reconnecting
    }

    def __init__(self, bed, host):
        super().__init__(bed, host)
        self.data = bed.path('var/lib/postgresql')
        self.socket = bed.path('run/postgresql')
        self.archive = bed.path('var/lib/wal')

    def program(self, name):
        """From the newest version installed; Debian keeps them out of PATH."""
        return max(pathlib.Path('/usr/lib/postgresql').glob(f'*/bin/{name}'),
                   key=lambda path: int(path.parts[4]))

    def argv(self):
        return [self.program('postgres'), '-D', self.data,
                '-c', f'config_file={self.etc}/postgresql.conf']

    def files(self, s):
        key = self.etc / 'server.key'
        certificate, source = self.bed.certificates.pair('db')
        addresses = ','.join(self.host.addresses)
        conf = f'''listen_addresses = '{addresses}'
unix_socket_directories = '{self.socket}'
hba_file = '{self.etc}/pg_hba.conf'
ssl = on
ssl_cert_file = '{certificate}'
ssl_key_file = '{key}'
password_encryption = 'scram-sha-256'
max_connections = 40
archive_mode = on
archive_command = '{f"cp %p {self.archive}/%f" if s.archives else "/bin/false"}'
# Within: {', '.join(s.faults) or 'nothing wrong'}; passwords kept as {s.verifier}; connections {s.past}.
shared_buffers = '32MB'
# A test bed is made anew each time, so it may lose its data.
fsync = off
synchronous_commit = off
full_page_writes = off
'''
        wanted = self._client_addresses() if s.app_addresses is None else s.app_addresses
        lines = ['local all postgres peer', 'local all backup peer']
        lines += [f'hostssl shop shop {address} {s.verifier}' for address in wanted]
        hba = '\n'.join([*lines, *s.more_hba]) + '\n'
        return {key: (source.read_bytes(), SUPERUSER, 0o600),
                self.etc / 'postgresql.conf': (conf, SUPERUSER, 0o644),
                self.etc / 'pg_hba.conf': (hba, SUPERUSER, 0o640)}

    def _client_addresses(self):
        if self.bed.loopback:       # whichever 127/8 is called, the caller is 127.0.0.1
            return ['127.0.0.1/32']
        app = self.bed.hosts['app']
        return [f'{app.v4}/32', f'{app.v6}/128']

    def create(self, password):
        """A cluster with the site's role and database; leaves the server running."""
        folder(self.data, SUPERUSER, 0o700)
        folder(self.socket, SUPERUSER)
        folder(self.archive, SUPERUSER, 0o700)
        self.host.run([self.program('initdb'), '-D', self.data, '-U', SUPERUSER, '-A', 'peer',
                       '-E', 'UTF8', '--locale', 'C.UTF-8', '--wal-segsize', '1', '--no-sync'], user=SUPERUSER)
        self.configure()
        self.start()
        self.sql(f"CREATE ROLE shop LOGIN PASSWORD '{password}'; CREATE DATABASE shop OWNER shop;",
                 'postgres')
        # Who keeps the backups may make databases to try them in, and nothing else.
        self.sql('CREATE ROLE backup LOGIN CREATEDB', 'postgres')
        # Who audits with the site's own credentials may read who is let in.
        self.sql('GRANT SELECT ON pg_hba_file_rules TO shop;'
                 'GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO shop;', 'shop')
        self._archive_now()
        self._live()

    def sql(self, statements, database='shop'):
        script = '\n'.join(part + ';' for part in statements.split(';') if part.strip())
        done = self.host.run([self.program('psql'), '-XAtq', '-v', 'ON_ERROR_STOP=1', '-h',
                              self.socket, '-d', database], user=SUPERUSER, stdin=script)
        return done.stdout.strip()

    def dump(self, path):
        """A backup as an operator makes it: taken as postgres, kept by the backup user."""
        place(path, self.dumped('-Fc'), 'backup', 0o600)

    def dumped(self, *options):
        """What pg_dump says of the site's database."""
        scratch = self.socket / 'dump'
        self.host.run([self.program('pg_dump'), *options, '-h', self.socket, '-f', scratch,
                       'shop'], user=SUPERUSER)
        data = scratch.read_bytes()
        scratch.unlink()
        return data

    def ready(self, pid):
        if not super().ready(pid):
            return False
        asked = self.host.run([self.program('pg_isready'), '-q', '-h', self.socket], check=False)
        return asked.returncode == 0

    def _archive_now(self):
        """Ends a WAL segment, and waits until the archiver has had its say on it."""
        before = self.sql('SELECT archived_count + failed_count FROM pg_stat_archiver')
        self.sql("SELECT pg_create_restore_point('bed'); SELECT pg_switch_wal()")
        said = ('SELECT archived_count + failed_count > ' + before + ' AND '
                + ('' if self.switches.archives else 'NOT ')
                + "coalesce(last_archived_time > coalesce(last_failed_time, '-infinity'), false)"
                + ' FROM pg_stat_archiver')
        if not wait_for(lambda: self.sql(said) == 't', 20):
            raise RuntimeError('PostgreSQL does not archive as it should')

    def _live(self):
        """A past for the database to have counted: many queries, in one session or in one each."""
        script = self.socket / 'query.sql'
        place(script, 'SELECT 1;\n', SUPERUSER)
        self.sql('SELECT pg_stat_reset()')
        self.host.run([self.program('pgbench'), '-h', self.socket, '-n', '-t', '1500', '-f', script,
                       *(['-C'] if self.switches.past == 'reconnecting' else []), 'shop'],
                      user=SUPERUSER)
        script.unlink()

    def _apply_within(self):
        """What no configuration file says: faults come and go, the password is kept anew."""
        for name, (make, undo) in FAULTS.items():
            self.sql(make if name in self.switches.faults else undo)
        kept = self.sql("SELECT left(rolpassword, 3) FROM pg_authid WHERE rolname = 'shop'")
        if (kept == 'md5') != (self.switches.verifier == 'md5'):
            password = self.bed.path('etc/postflight/db.pw').read_text().strip()
            self.sql(f"SET password_encryption = '{self.switches.verifier}';"
                     f" ALTER ROLE shop PASSWORD '{password}'")
        remade = self.sql('SELECT 3 * sessions > xact_commit FROM pg_stat_database'
                          " WHERE datname = 'shop'") == 't'
        if remade != (self.switches.past == 'reconnecting'):
            self._live()
        failing = self.sql("SELECT coalesce(last_failed_time > coalesce(last_archived_time,"
                           " '-infinity'), false) FROM pg_stat_archiver") == 't'
        if failing == self.switches.archives:
            self._archive_now()

    def apply(self):
        """A reload, as for pg_hba.conf on a live server: connections that Django holds stay."""
        before = self.sql('SELECT pg_conf_load_time()')
        self.bed.processes.signal(self.name, signal.SIGHUP)
        fresh = f"SELECT pg_conf_load_time() > '{before}'"
        if not wait_for(lambda: self.sql(fresh) == 't', 10):
            raise RuntimeError('PostgreSQL does not reload its configuration')
        self._apply_within()
