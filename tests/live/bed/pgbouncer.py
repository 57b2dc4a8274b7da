"""PgBouncer between the app servers and PostgreSQL: TLS, SCRAM without channel binding, as it is."""
from .service import Service, folder

PORT = 6432


class Pgbouncer(Service):
    name = 'pgbouncer'
    user = 'postgres'
    ports = (PORT,)
    healthy = {
        'running': False,
        'auth_type': 'scram-sha-256',   # or any: whoever calls is taken at his word
    }

    def files(self, s):
        certificate, source = self.bed.certificates.pair('db')
        password = self.bed.path('etc/postflight/db.pw').read_text().strip()
        # Where nobody proves who he is, the pooler logs in for everybody.
        login = f' user=shop password={password}' if s.auth_type == 'any' else ''
        conf = f'''; {"running" if s.running else "stopped"}
[databases]
shop = host={self.bed.postgres.socket} port=5432 dbname=shop{login}

[pgbouncer]
listen_addr = {','.join(self.host.addresses)}
listen_port = {PORT}
unix_socket_dir =
auth_type = {s.auth_type}
auth_file = {self.etc}/users.txt
client_tls_sslmode = require
client_tls_cert_file = {certificate}
client_tls_key_file = {self.etc}/server.key
pool_mode = transaction
logfile =
'''
        return {self.etc / 'server.key': (source.read_bytes(), self.user, 0o600),
                self.etc / 'users.txt': (f'"shop" "{password}"\n', self.user, 0o600),
                self.etc / 'pgbouncer.ini': (conf, self.user, 0o640)}

    def argv(self):
        return ['/usr/sbin/pgbouncer', self.etc / 'pgbouncer.ini']

    def start(self):
        if self.switches.running:
            super().start()

    def between(self, **switches):
        """Takes its place: the site file names its port, the packet filter treats it as a store."""
        self.bed.firewall.reconfigure(more_stores=(PORT,))
        self.bed.postgres.reconfigure(more_hba=('local shop shop scram-sha-256',))
        self.reconfigure(running=True, **switches)
        self.bed.edit_site(':5432/', f':{PORT}/')
