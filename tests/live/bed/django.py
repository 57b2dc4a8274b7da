"""The Django project: its copy on the app host, its settings, gunicorn, manage.py."""
import pathlib
import shutil

from .processes import wait_for
from .service import Service, folder, group_of, place

SAMPLE = pathlib.Path(__file__).resolve().parents[1] / 'sample'
RUNS_AS, OWNS_CODE = 'daemon', 'bin'


class Django(Service):
    name = 'gunicorn'
    user = RUNS_AS
    ports = (8000,)
    healthy = {
        'bind': None,           # addresses gunicorn listens on; None: loopback alone
        'settings': {},         # appended to the production settings
        'server': 'gunicorn',   # or 'runserver', on loopback
    }

    def __init__(self, bed, host):
        super().__init__(bed, host)
        self.project = bed.path('srv/shop')
        self.production = self.project / 'shop/settings/production.py'

    def front_address(self):
        """Where nginx finds it; on loopback, where every host is one, an address of its own."""
        return f'{self.host.v4 if self.bed.loopback else "127.0.0.1"}:8000'

    def files(self, s):
        bind = s.bind or [self.front_address()]
        text = (SAMPLE / 'shop/settings/production.py').read_text()
        if s.settings:
            text += '\n' + ''.join(f'{name} = {value!r}\n' for name, value in s.settings.items())
        gunicorn = (f'bind = {bind!r}\nworkers = 2\ngraceful_timeout = 1\nproc_name = "shop"\n'
                    f'chdir = {str(self.project)!r}\nworker_tmp_dir = "/dev/shm"\n'
                    'raw_env = ["DJANGO_SETTINGS_MODULE=shop.settings.production"]\n'
                    f'# started by {s.server}\n')
        return {self.production: (text, OWNS_CODE, 0o644),
                self.etc / 'gunicorn.conf.py': (gunicorn, 'root', 0o644)}

    def argv(self):
        if self.switches.server == 'runserver':
            return ['env', 'DJANGO_SETTINGS_MODULE=shop.settings.production', '/usr/bin/python3',
                    self.project / 'manage.py', 'runserver', '--noreload', self.front_address()]
        return ['/usr/bin/python3', '/usr/bin/gunicorn', '-c', self.etc / 'gunicorn.conf.py',
                'shop.wsgi']

    def start(self):
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
        place(etc / 'services.ini', services)
        place(etc / 'ca.pem', self.bed.certificates.authority.read_bytes())
        logs = folder(self.bed.path('var/log/shop'), RUNS_AS, 0o750)
        place(logs / 'django.log', '', RUNS_AS, 0o640)

    def manage(self, *words, user=RUNS_AS):
        return self.host.run(['env', 'DJANGO_SETTINGS_MODULE=shop.settings.production',
                              '/usr/bin/python3', self.project / 'manage.py', *words],
                             user=user, cwd=self.project)
