"""Repositories that only some scenarios have: pgBackRest and Barman beside the database, restic and borg elsewhere."""
import shutil

from .processes import wait_for
from .service import Service, folder, place

SYNCED = 25     # seconds that Barman is given to get its WAL


class PgBackRest:
    """A stanza of the site's cluster, kept by postgres on the db host."""

    stanza = 'shop'

    def __init__(self, bed):
        self.bed, self.host = bed, bed.hosts['db']
        self.root = bed.path('var/lib/pgbackrest')
        self.config = bed.path('etc/pgbackrest/pgbackrest.conf')

    def make(self, backups=1, cipher='aes-256-cbc'):
        """A repository with so many full backups."""
        shutil.rmtree(self.root, ignore_errors=True)
        for name in ('', 'repo', 'lock', 'spool'):
            folder(self.root / name, 'postgres', 0o700)
        place(self.config, f'''[global]
repo1-path={self.root}/repo
repo1-cipher-type={cipher}
repo1-cipher-pass=the-scenario-s-own-passphrase
lock-path={self.root}/lock
spool-path={self.root}/spool
log-level-file=off
start-fast=y
archive-check=n
[{self.stanza}]
pg1-path={self.bed.postgres.data}
pg1-socket-path={self.bed.postgres.socket}
''', 'postgres', 0o600)
        self.run('stanza-create')
        for _ in range(backups):
            self.run('--type=full', '--no-archive-check', 'backup')

    def run(self, *words):
        return self.host.run(['pgbackrest', f'--config={self.config}', f'--stanza={self.stanza}', *words],
                             user='postgres')

    def block(self, more=''):
        return (f'  - {{name: cluster, of: default, on: db1, pgbackrest: {{stanza: {self.stanza}}}, '
                f'config: {self.config}{more}}}\n')

    def data_files(self):
        """Of the backups, the largest first."""
        found = [path for path in self.root.glob('repo/backup/*/*/pg_data/base/**/*') if path.is_file()]
        return sorted(found, key=lambda path: -path.stat().st_size)


class Barman(Service):
    """A server of Barman's, streaming from the site's cluster over its socket."""

    name, user = 'barman', 'barman'
    healthy = {'running': False}
    HBA = ('local all barman peer', 'local replication barman peer')

    def __init__(self, bed):
        super().__init__(bed, bed.hosts['db'])
        self.root = bed.path('var/lib/barman')
        self.config = self.etc / 'barman.conf'

    def files(self, s):
        data = self.bed.postgres
        pg = data.program('pg_receivewal').parent
        return {self.config: (f'''[barman]
barman_user = barman
barman_home = {self.root}
log_file = {self.root}/barman.log
log_level = WARNING
[main]
description = shop
conninfo = host={data.socket} user=barman dbname=postgres
streaming_conninfo = host={data.socket} user=barman dbname=postgres
backup_method = postgres
streaming_archiver = on
slot_name = barman
path_prefix = {pg}
immediate_checkpoint = true
''', 'barman', 0o644)}

    def argv(self):
        return ['barman', '-c', self.config, 'receive-wal', 'main']

    def reconfigure(self, running=False):
        """Mending ends it, and takes its role and its slot away again."""
        if running or not self.config.exists():
            return
        self.silence()
        self.bed.postgres.sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                              " WHERE slot_name = 'barman'; DROP ROLE IF EXISTS barman", 'postgres')
        shutil.rmtree(self.root)
        self.config.unlink()

    def silence(self):
        """Ends its receiving, and that of the program that it starts for it."""
        self.run('receive-wal', '--stop', 'main', check=False)
        self.stop()
        gone = "SELECT NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = 'barman' AND active)"
        if not wait_for(lambda: self.bed.postgres.sql(gone, 'postgres') == 't', 10):
            raise RuntimeError('Barman does not let go of its slot')

    def make(self):
        """A backup, and everything that `barman check` asks for."""
        folder(self.root, 'barman', 0o700)
        self.bed.postgres.reconfigure(more_hba=self.HBA)
        self.bed.postgres.sql('CREATE ROLE barman SUPERUSER REPLICATION LOGIN', 'postgres')
        self.configure(running=True)
        self.run('receive-wal', '--create-slot', 'main')
        self.start()
        if not wait_for(self.is_well, SYNCED):
            raise RuntimeError('Barman does not get well: ' + self.run('check', 'main', check=False).stdout)
        self.run('backup', 'main')
        if not wait_for(self.is_well, SYNCED):
            raise RuntimeError('Barman does not get the WAL of its backup')

    def is_well(self):
        """After one more segment of WAL."""
        self.bed.postgres.sql("SELECT pg_create_restore_point('bed'); SELECT pg_switch_wal()", 'postgres')
        self.run('archive-wal', 'main')
        return self.run('check', 'main', check=False).returncode == 0

    def run(self, *words, check=True):
        return self.host.run(['barman', '-c', self.config, *words], user='barman', check=check)

    def block(self, more=''):
        return f'  - {{name: cluster, of: default, on: db1, barman: {{server: main}}, config: {self.config}{more}}}\n'
