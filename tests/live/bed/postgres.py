"""PostgreSQL on the db host: TLS, SCRAM, one line of pg_hba.conf for each address of the app."""
import pathlib
import signal

from .processes import wait_for
from .service import Service, folder, place

SUPERUSER = 'postgres'


class Postgres(Service):
    name = 'postgresql'
    user = SUPERUSER
    ports = (5432,)
    kindly = signal.SIGINT      # "fast": does not wait for clients to leave
    healthy = {
        'app_addresses': None,  # who pg_hba.conf lets in; None: the app host
        'more_hba': (),         # further lines of pg_hba.conf
    }

    def __init__(self, bed, host):
        super().__init__(bed, host)
        self.data = bed.path('var/lib/postgresql')
        self.socket = bed.path('run/postgresql')

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
shared_buffers = '32MB'
# A test bed is made anew each time, so it may lose its data.
fsync = off
synchronous_commit = off
full_page_writes = off
'''
        wanted = self._client_addresses() if s.app_addresses is None else s.app_addresses
        lines = ['local all postgres peer']
        lines += [f'hostssl shop shop {address} scram-sha-256' for address in wanted]
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
        self.host.run([self.program('initdb'), '-D', self.data, '-U', SUPERUSER, '-A', 'peer',
                       '-E', 'UTF8', '--locale', 'C.UTF-8', '--no-sync'], user=SUPERUSER)
        self.configure()
        self.start()
        self.sql(f"CREATE ROLE shop LOGIN PASSWORD '{password}'; CREATE DATABASE shop OWNER shop;",
                 'postgres')
        # Who audits with the site's own credentials may read who is let in.
        self.sql('GRANT SELECT ON pg_hba_file_rules TO shop;'
                 'GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO shop;', 'shop')

    def sql(self, statements, database='shop'):
        script = '\n'.join(part + ';' for part in statements.split(';') if part.strip())
        done = self.host.run([self.program('psql'), '-XAtq', '-v', 'ON_ERROR_STOP=1', '-h',
                              self.socket, '-d', database], user=SUPERUSER, stdin=script)
        return done.stdout.strip()

    def dump(self, path):
        """A backup as an operator makes it: taken as postgres, kept by the backup user."""
        scratch = self.socket / 'dump'
        self.host.run([self.program('pg_dump'), '-Fc', '-h', self.socket, '-f', scratch, 'shop'],
                      user=SUPERUSER)
        place(path, scratch.read_bytes(), 'backup', 0o600)
        scratch.unlink()

    def ready(self, pid):
        if not super().ready(pid):
            return False
        asked = self.host.run([self.program('pg_isready'), '-q', '-h', self.socket], check=False)
        return asked.returncode == 0

    def apply(self):
        """A reload, as for pg_hba.conf on a live server: connections that Django holds stay."""
        before = self.sql('SELECT pg_conf_load_time()')
        self.bed.processes.signal(self.name, signal.SIGHUP)
        fresh = f"SELECT pg_conf_load_time() > '{before}'"
        if not wait_for(lambda: self.sql(fresh) == 't', 10):
            raise RuntimeError('PostgreSQL does not reload its configuration')
