"""The bed: hosts, services and trees as one thing that comes up, breaks, mends and goes down."""
import concurrent.futures
import importlib.util
import json
import pathlib
import secrets
import shutil
import subprocess

from . import sitefile, sshd
from .apache import Apache
from .certificates import Certificates
from .django import RUNS_AS, Django
from .firewall import Firewall, NoFirewall
from .front import PinningFront
from .hosts import ENVIRONMENT, Loopback, Network
from .journald import Journald
from .lighttpd import Lighttpd
from .logrotate import Logrotate
from .mariadb import Mariadb
from .memcached import Memcached
from .mount import Mount
from .nginx import SITE_NAMES, Nginx
from .pgbouncer import Pgbouncer
from .offsite import Offsite
from .php import Php
from .postgres import Postgres
from .processes import Processes
from .redis import Redis, Replica, Sentinel
from .repositories import Barman, PgBackRest
from .s3 import S3
from .service import BedError, folder, place
from .sibling import Sibling
from .stunnel import Stunnel
from .trees import Journal, make_backups, make_media, make_search
from .volume import Ext4, Hanging, Tiny

SCENARIOS = pathlib.Path(__file__).resolve().parents[1] / 'scenarios'
HOME = pathlib.Path('/run/postflight-bed')      # only root may write above a site's trees


class Bed:
    """Everything is found again from the directory: each command is a process of its own."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory).resolve()
        state = self.path('state.json')
        if not state.exists():
            raise BedError(f'{directory} holds no test bed')
        known = json.loads(state.read_text())
        self.id, self.loopback, self.program = known['id'], known['loopback'], known['program']
        self.network = Loopback() if self.loopback else Network(self.id, self.path('var/lib/backup'))
        self.hosts = self.network.hosts
        for host in self.hosts.values():
            host.environment = {**ENVIRONMENT, **self.places(host.name)}
        self.processes = Processes(self.path('run/processes'))
        self.journal = Journal(self.path('run/journal'))
        self.certificates = Certificates(self.path('etc/tls'))
        self.static = self.path('var/www/shop/static')
        self.media = self.path('var/lib/shop/media')
        self.search = self.path('var/lib/shop/data/search.sqlite3')
        self.backups = self.path('var/backups')
        self.offsite = Offsite(self)
        self.pgbackrest, self.barman = PgBackRest(self), Barman(self)
        self.site_file = self.path('postflight.yaml')

        app, db = self.hosts['app'], self.hosts['db']
        self.firewall = NoFirewall() if self.loopback else Firewall(self, db)
        self.postgres = Postgres(self, db)
        self.mariadb = Mariadb(self, db)
        self.redis = Redis(self, db)
        self.replica, self.sentinel = Replica(self, db), Sentinel(self, db)
        self.memcached = Memcached(self, db)
        self.pgbouncer, self.stunnel = Pgbouncer(self, db), Stunnel(self, db)
        self.s3 = S3(self, self.hosts.get('outside', db))
        self.django = Django(self, app)
        self.php = Php(self, app)
        self.lighttpd = Lighttpd(self, app)
        self.apache = Apache(self, app)
        self.nginx = Nginx(self, app)
        self.mount = Mount(self)
        self.ext4, self.hanging, self.tiny = Ext4(self), Hanging(self), Tiny(self)
        self.sibling = Sibling(self)
        self.logrotate = Logrotate(self, app)
        self.journald = Journald(self, app)
        self.front = PinningFront(self, app)
        served = [] if self.loopback else sshd.ALIASES
        self.sshds = [sshd.Sshd(self, self.hosts[name]) for name in served]
        # In the order of mending: the broken front must let go of port 443 before nginx takes it.
        self.services = [self.front, self.firewall, self.barman, self.postgres, self.mariadb, self.redis,
                         self.replica, self.sentinel, self.memcached, self.pgbouncer, self.stunnel,
                         self.s3, self.django, self.php,
                         self.lighttpd, self.apache, self.nginx, self.ext4, self.hanging, self.tiny, self.mount,
                         self.logrotate, self.journald]

    @classmethod
    def create(cls, directory=None, loopback=False, program='postflight'):
        """An empty bed with an id of its own, written down before anything is made."""
        bed_id = secrets.token_hex(3)
        directory = pathlib.Path(directory) if directory else HOME / bed_id
        if directory.exists() and any(directory.iterdir()):
            raise BedError(f'{directory} is not empty')
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o755)      # every service's user must get through
        found = shutil.which(program)
        state = {'id': bed_id, 'loopback': loopback,
                 'program': str(pathlib.Path(found).resolve()) if found else program}
        (directory / 'state.json').write_text(json.dumps(state) + '\n')
        return cls(directory)

    def path(self, *parts):
        return self.directory.joinpath(*parts)

    def places(self, host):
        """Where postflight keeps what outlives a run there: beds and machine stay apart."""
        return {'STATE_DIRECTORY': str(self.path('var/lib/postflight', host)),
                'RUNTIME_DIRECTORY': str(self.path('run/locks'))}

    # Up and down

    def up(self, say=lambda line: None):
        app, db = self.hosts['app'], self.hosts['db']
        say(f'hosts: {", ".join(self.hosts)} ({app.namespace or "on loopback"})')
        self.network.up()
        self._folders()
        self.logrotate.reconfigure()
        say('certificates: an authority, the site, the database')
        self.certificates.make([f'DNS:{name}' for name in SITE_NAMES],
                               [f'DNS:{name}' for name in db.names]
                               + [f'IP:{address}' for address in db.addresses],
                               [f'IP:{self.django.mail.address()}'])
        say('project: the sample shop and its secrets')
        passwords = self._install(db)
        self.firewall.configure()
        self.firewall.start()
        with concurrent.futures.ThreadPoolExecutor() as pool:
            say('PostgreSQL, MariaDB: a new cluster each; Django: collectstatic')
            database = pool.submit(self._database, passwords['db'])
            second = pool.submit(self.mariadb.create)
            static = pool.submit(self._collect_static)
            elsewhere = pool.submit(self.offsite.begin)
            say('Redis, memcached, ' + ('sshd on three hosts' if self.sshds else 'no sshd'))
            if self.sshds:
                sshd.make_keys(self)
            for service in [self.redis, self.replica, self.sentinel, self.memcached,
                            *self.sshds]:
                service.configure()
                service.start()
            self.s3.create(secrets.token_urlsafe(24))
            static.result()
            say('gunicorn, nginx')
            for service in (self.front, self.django, self.nginx):
                service.configure()
                service.start()
            database.result()
            second.result()
        say('backups: three generations of databases and media')
        make_backups(self)
        elsewhere.result()
        self.offsite.fetch()
        self.s3.fill()
        place(self.site_file, sitefile.text(self))
        say('history: an audit of another site')
        self.sibling.make()

    def _folders(self):
        for name in ('etc', 'srv', 'run', 'run/nginx', 'run/locks', 'var/log', 'var/lib/shop', 'var/www/shop'):
            folder(self.path(name))
        make_media(self.media, RUNS_AS)
        self.mount.up()
        make_search(self.search, RUNS_AS)

    def _install(self, db):
        passwords = {name: secrets.token_urlsafe(24) for name in ('db', 'mysql', 'redis')}
        database, cache = (db.v4, db.v4) if self.loopback else ('db1', 'cache1')
        services = (f'[database]\nhost = {database}\n\n[redis]\nhost = {cache}\n\n'
                    f'[memcached]\naddress = {cache}:11211\n')
        self.django.install(passwords['db'], passwords['redis'], secrets.token_urlsafe(60),
                            services)
        place(self.mariadb.password, passwords['mysql'] + '\n', RUNS_AS, 0o600)
        for name, password in passwords.items():
            place(self.path(f'etc/postflight/{name}.pw'), password + '\n', mode=0o600)
        return passwords

    def _database(self, password):
        self.postgres.create(password)
        self.django.manage('migrate', '--verbosity', '0')

    def _collect_static(self):
        self.django.collect_static()
        self.django.static.hand_over()

    def down(self, keep=False):
        """Ends what is there, in whatever state it is; `keep` leaves the files and their logs."""
        order = {'nginx': 0, 'front': 0, 'gunicorn': 1}     # clients before their servers
        for name in sorted(self.processes.names(), key=lambda name: order.get(name, 2)):
            self.processes.stop(name, {'postgresql': self.postgres.kindly}.get(name, 15))
        self.network.down()
        if sshd.OURS.exists() and not other_beds():
            shutil.rmtree(sshd.PRIVSEP, ignore_errors=True)
        self.mount.down()
        if not keep:
            shutil.rmtree(self.directory)
            if self.directory.parent == HOME and not any(HOME.iterdir()):
                HOME.rmdir()

    # Breaking and mending

    def break_(self, name):
        scenario(name).break_it(self)

    def mend(self):
        """Back to health: only what differs from it is touched."""
        self.journal.undo()
        for service in self.services:
            service.reconfigure()

    # Verbs for scenarios, beside the services' own `reconfigure`

    def open_firewall(self, *ports, **switches):
        self.firewall.reconfigure(open_tcp=ports, **switches)

    def chmod(self, path, mode):
        self.journal.chmod(path, mode)

    def chown(self, path, user, group=None):
        self.journal.chown(path, user, group)

    def secrets(self):
        """What no report may ever tell."""
        files = [*self.path('etc/postflight').glob('*.pw'),
                 *self.path('etc/shop').glob('*_password'), *self.path('etc/shop').glob('*key*')]
        texts = {path.read_text(errors='replace').strip() for path in files}
        if not texts or min(map(len, texts)) < 16:
            raise RuntimeError('the bed does not know its secrets')
        return texts

    def edit_site(self, old, new):
        """Another word in the site file, until mending."""
        text = self.site_file.read_text()
        if old not in text:
            raise RuntimeError(f'the site file has no {old}')
        self.journal.create(self.site_file, text.replace(old, new), 'root', 0o644)

    def add_set(self, block):
        """A further backup set in the site file, until mending."""
        text = self.site_file.read_text()
        self.journal.create(self.site_file, text + block, 'root', 0o644)

    def drop_set(self, name):
        """Without the set of that name: one of those that stand on a line."""
        lines = self.site_file.read_text().splitlines(keepends=True)
        left = [line for line in lines if not line.startswith(f'  - {{name: {name},')]
        if len(left) != len(lines) - 1:
            raise RuntimeError(f'the site file has no set {name} on a line')
        self.journal.create(self.site_file, ''.join(left), 'root', 0o644)

    def forget_drills(self):
        """The ledger of the db host is gone, so that the next audit makes a drill."""
        self.journal.remove(self.ledger)

    @property
    def ledger(self):
        host = 'app' if self.loopback else 'db'
        return self.path('var/lib/postflight', host, 'drills.jsonl')

    def dumps(self):
        """The database backups, oldest first."""
        return sorted(self.backups.glob('db-*.dump'))

    def archives(self):
        """The media backups, oldest first."""
        return sorted(self.backups.glob('media-*.tar.gz'))


def other_beds():
    listed = subprocess.run(['ip', 'netns', 'list'], capture_output=True, text=True).stdout
    return [line for line in listed.splitlines() if line.startswith('pf') and '-app' in line]


def scenario_names():
    return sorted(path.stem for path in SCENARIOS.glob('[a-z]*.py'))


def scenario(name):
    """The module of a scenario: its docstring, RED (what fails), BLIND (what is unknown), UNKNOWN
    (patterns of what may be), GREEN (checks and subjects that must pass), and break_it."""
    path = SCENARIOS / f'{name}.py'
    if name not in scenario_names():
        raise BedError(f'no scenario {name}; `testbed scenarios` lists them')
    spec = importlib.util.spec_from_file_location('scenario_' + name.replace('-', '_'), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
