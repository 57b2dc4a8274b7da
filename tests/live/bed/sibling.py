"""Another site, audited from the same bastion: what the history knows of others."""
import os
import secrets

from .service import folder, place

SETTINGS = '''SECRET_KEY = {key!r}
ALLOWED_HOSTS = ['staging.shop.test']
DEBUG = False
USE_TZ = True
'''
MANAGE = '''import os, sys
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'staging')
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
'''


class Sibling:
    def __init__(self, bed):
        self.bed = bed
        self.project = bed.path('srv/staging')
        self.site_file = bed.path('staging.yaml')

    def make(self):
        if not os.access(self.bed.program, os.X_OK):
            return          # a bed may be brought up before anything is built
        folder(self.project)
        place(self.project / 'manage.py', MANAGE)
        self.audit(secrets.token_urlsafe(60))

    def audit(self, key, history=''):
        """An audit of its key alone, with that key; `history`: a line for its site file."""
        place(self.project / 'staging.py', SETTINGS.format(key=key), 'daemon', 0o600)
        lines = self.bed.site_file.read_text().split('\n')
        first = lines.index('vantages:')
        vantages = '\n'.join(lines[first:lines.index('', first)])
        app = 'bastion' if self.bed.loopback else 'app1'
        place(self.site_file, f'''site: staging
url: https://staging.shop.test
addresses: [127.0.0.1]
{history}
{vantages}

app: {{on: [{app}], project: {self.project}, python: /usr/bin/python3, settings: staging, user: daemon}}
''')
        done = self.bed.hosts['bastion'].run(
            [self.bed.program, 'run', self.site_file, '--only', 'secret-key.not-shared', '-q'],
            check=False)
        if done.returncode not in (0, 1, 3):
            raise RuntimeError(f'the audit of the sibling ends with status {done.returncode}\n{done.stderr}')
