"""MariaDB on the db host: TLS, one account for each address of the app, and root by its socket."""
from .service import Service, folder, place

TOOLS = ['--no-defaults', '--user=root']


class Mariadb(Service):
    name = 'mariadb'
    user = 'mysql'
    ports = (3306,)
    healthy = {'more_sql': ''}      # run after every change of switches, and undone by `mend`

    def __init__(self, bed, host):
        super().__init__(bed, host)
        self.data = bed.path('var/lib/mysql')
        self.socket = bed.path('run/mariadb/mariadb.sock')
        self.password = bed.path('etc/shop/mysql_password')

    def argv(self):
        return ['/usr/sbin/mariadbd', f'--defaults-file={self.etc}/my.cnf']

    def files(self, s):
        certificate, source = self.bed.certificates.pair('db')
        key = self.etc / 'server.key'
        conf = f'''[mariadbd]
datadir = {self.data}
socket = {self.socket}
pid-file = {self.socket.parent}/mariadb.pid
tmpdir = {self.socket.parent}
bind-address = {','.join(self.host.addresses)}
port = 3306
ssl-cert = {certificate}
ssl-key = {key}
ssl-ca = {self.bed.certificates.authority}
max_connect_errors = 100
# A test bed is made anew each time, so it may lose its data; without InnoDB it is up in no time.
skip-innodb
default-storage-engine = Aria
aria-sync-log-dir = NEVER
skip-log-bin
performance-schema = off
'''
        return {key: (source.read_bytes(), 'mysql', 0o600),
                self.etc / 'my.cnf': (conf, 'root', 0o644),
                self.etc / 'accounts.sql': (self._accounts(s), 'root', 0o600)}

    def _accounts(self, s):
        """Everything that may log in, from nothing, so that the file says all there is."""
        app = self.bed.hosts['app']
        callers = ['127.0.0.1'] if self.bed.loopback else app.addresses
        password = self.password.read_text().strip()
        lines = ["DELETE FROM mysql.global_priv WHERE User NOT IN ('root', 'mariadb.sys') "
                 "OR (User = 'root' AND Host <> 'localhost');",
                 'DELETE FROM mysql.db;', 'FLUSH PRIVILEGES;']
        for caller in callers:
            lines += [f"CREATE USER shop@'{caller}' IDENTIFIED BY '{password}' REQUIRE SSL;",
                      f"GRANT ALL ON shop.* TO shop@'{caller}';"]
        # Who keeps the backups may make databases to try them in, and nothing else.
        lines += ['CREATE USER backup@localhost IDENTIFIED VIA unix_socket;',
                  r'GRANT ALL ON `postflight\_drill\_%`.* TO backup@localhost;']
        return '\n'.join([*lines, s.more_sql, 'FLUSH HOSTS;']) + '\n'

    def apply(self):
        self.sql((self.etc / 'accounts.sql').read_text())

    def create(self):
        """A server with the site's second database; leaves it running."""
        folder(self.data, 'mysql', 0o700)
        folder(self.socket.parent, 'mysql')
        self.configure()
        self.host.run(['mariadb-install-db', f'--defaults-file={self.etc}/my.cnf',
                       '--user=mysql', '--auth-root-authentication-method=socket',
                       '--skip-test-db', '--skip-name-resolve'])
        self.start()
        self.sql('CREATE DATABASE shop; CREATE TABLE shop.report (id INT PRIMARY KEY, text TEXT);'
                 "INSERT INTO shop.report VALUES (1, 'sold'), (2, 'kept');")
        self.apply()

    def sql(self, statements):
        return self.host.run(['mariadb', *TOOLS, f'--socket={self.socket}', '-N'],
                             stdin=statements).stdout

    def dump(self, path):
        done = self.host.run(['mariadb-dump', *TOOLS, f'--socket={self.socket}',
                              '--databases', 'shop'])
        place(path, done.stdout, 'backup', 0o600)
