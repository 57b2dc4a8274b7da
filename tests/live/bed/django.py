"""The Django project: its copy on the app host, its settings, gunicorn, manage.py."""
import pathlib
import shutil

from .mail import Mail
from .newer_django import CollectedStatic, NewerDjango
from .processes import wait_for
from .service import Service, folder, group_of, place

SAMPLE = pathlib.Path(__file__).resolve().parents[1] / 'sample'
RUNS_AS, OWNS_CODE = 'daemon', 'bin'


class Django(Service):
    name = 'gunicorn'
    user = RUNS_AS
    ports = (8000,)
    healthy = {
        'code': '',             # Python at the end of the production settings
        'committed': '',        # in the history of the code, on a branch of its own
        'bind': None,           # addresses gunicorn listens on; None: loopback alone
        'settings': {},         # appended to the production settings
        'server': 'gunicorn',   # or 'runserver', on loopback
        'newer': False,         # on a Django newer than Debian's own, in an environment of its own
    }

    def __init__(self, bed, host):
        super().__init__(bed, host)
        self.project = bed.path('srv/shop')
        self.production = self.project / 'shop/settings/production.py'
        self.mail = Mail(bed, host)
        self.old_objects = bed.path('srv/git-before')
        self.newer = NewerDjango(bed)
        self.static = CollectedStatic(bed, OWNS_CODE)

    def front_address(self):
        """Where nginx finds it; on loopback, where every host is one, an address of its own."""
        return f'{self.host.v4 if self.bed.loopback else "127.0.0.1"}:8000'

    def files(self, s):
        bind = s.bind or [self.front_address()]
        text = (SAMPLE / 'shop/settings/production.py').read_text()
        if s.settings:
            text += '\n' + ''.join(f'{name} = {value!r}\n' for name, value in s.settings.items())
        if s.code:
            text += f'\n{s.code}\n'
        gunicorn = (f'bind = {bind!r}\nworkers = 2\ngraceful_timeout = 1\nproc_name = "shop"\n'
                    f'chdir = {str(self.project)!r}\nworker_tmp_dir = "/dev/shm"\n'
                    'raw_env = ["DJANGO_SETTINGS_MODULE=shop.settings.production"]\n'
                    f'# started by {s.server}{", of another Django" if s.newer else ""}\n')
        # A key in the settings makes them a secret: that it is a weak one is fault enough.
        secret = any(name.startswith('SECRET_KEY') for name in s.settings)
        mode, group = (0o640, group_of(RUNS_AS)) if secret else (0o644, None)
        return {self.production: (text, OWNS_CODE, mode, group),
                self.etc / 'gunicorn.conf.py': (gunicorn, 'root', 0o644)}

    def python(self):
        return self.newer.python if self.switches.newer else '/usr/bin/python3'

    def argv(self):
        if self.switches.server == 'runserver':
            return ['env', 'DJANGO_SETTINGS_MODULE=shop.settings.production', self.python(),
                    self.project / 'manage.py', 'runserver', '--noreload', self.front_address()]
        # Newer Djangos want to trust the mail server, which has no public authority behind it.
        trust = f'SSL_CERT_FILE={self.bed.path("etc/shop/ca.pem")}'
        return ['env', trust, self.python(), '/usr/bin/gunicorn', '-c',
                self.etc / 'gunicorn.conf.py', 'shop.wsgi']

    def start(self):
        if self.mail.pid() is None:
            self.mail.configure()
            self.mail.start()
        super().start()
        if not wait_for(self.answers, 15):
            raise RuntimeError(f'Django does not answer; see {self.log}\n{self.last_words()}')

    def answers(self):
        """A worker runs the settings on disk: the old ones are gone before the new ones start."""
        asked = self.host.run(['curl', '-s', '-o', '/dev/null', '-m', '5', '-w', '%{http_code}',
                               '-H', 'Host: shop.test', '-H', 'X-Forwarded-Proto: https',
                               f'http://{self.front_address()}/'], check=False)
        return asked.stdout == '200'

    def install(self, db_password, redis_password, secret_key, services):
        """The code, read-only for the user who runs it; its secrets, for that user alone."""
        shutil.copytree(SAMPLE, self.project, ignore=shutil.ignore_patterns('__pycache__'))
        for path in [self.project, *self.project.rglob('*')]:
            path.chmod(0o755 if path.is_dir() or path.name == 'manage.py' else 0o644)
            shutil.chown(path, OWNS_CODE, group_of(OWNS_CODE))
        etc = folder(self.bed.path('etc/shop'))
        for name, text in (('secret_key', secret_key), ('db_password', db_password),
                           ('redis_password', redis_password)):
            place(etc / name, text + '\n', RUNS_AS, 0o600)
        place(etc / 'services.ini', f'{services}\n[mail]\nhost = {self.mail.address()}\n')
        place(etc / 'ca.pem', self.bed.certificates.authority.read_bytes())
        self._commit()
        logs = folder(self.bed.path('var/log/shop'), RUNS_AS, 0o750)
        place(logs / 'django.log', '', RUNS_AS, 0o640)

    def _commit(self):
        """A history as most have: two branches, packed, and never a secret in it."""
        git = ['git', '-c', 'user.name=Shop', '-c', 'user.email=shop@shop.test',
               '-c', 'init.defaultBranch=main', '-c', 'gc.auto=0']
        (self.project / '.git').mkdir()
        shutil.chown(self.project / '.git', OWNS_CODE, group_of(OWNS_CODE))
        for words in (['init', '-q'], ['add', '-A'], ['commit', '-q', '-m', 'The shop'],
                      ['branch', 'next'], ['repack', '-q', '-a', '-d']):
            self.host.run([*git, *words], user=OWNS_CODE, cwd=self.project)

    def configure(self, **switches):
        if switches.get('newer'):
            self.newer.make()
        changed = super().configure(**switches)
        self.static.change(self.switches.newer, self.collect_static)
        if self.switches.committed or self.old_objects.exists():
            self._recommit(self.switches.committed)
        return changed

    def commit_once(self, text):
        """In a pack and in no checkout; mending puts the history back as it was."""
        self.reconfigure(committed=text)

    def _recommit(self, text):
        if not text:
            shutil.rmtree(self.project / '.git')
            self.old_objects.rename(self.project / '.git')
            return
        shutil.copytree(self.project / '.git', self.old_objects, symlinks=True)
        for path in [self.old_objects, *self.old_objects.rglob('*')]:
            shutil.chown(path, OWNS_CODE, group_of(OWNS_CODE))
        git = ['git', '-c', 'user.name=Shop', '-c', 'user.email=shop@shop.test']
        for words in (['checkout', '-q', 'next'], ['add', 'old.txt'],
                      ['commit', '-q', '-m', 'Try it'], ['checkout', '-q', 'main'],
                      ['repack', '-q', '-a', '-d']):
            if words[0] == 'add':
                place(self.project / 'old.txt', text, OWNS_CODE)
            self.host.run([*git, *words], user=OWNS_CODE, cwd=self.project)

    def renew(self, **switches):
        """On a newer Django, as the site file then says too."""
        self.reconfigure(newer=True, **switches)
        self.bed.edit_site('python: /usr/bin/python3', f'python: {self.newer.python}')

    def collect_static(self):
        self.manage('collectstatic', '--noinput', '--verbosity', '0', user='root')

    def manage(self, *words, user=RUNS_AS):
        return self.host.run(['env', 'DJANGO_SETTINGS_MODULE=shop.settings.production',
                              self.python(), self.project / 'manage.py', *words],
                             user=user, cwd=self.project)
