"""django_facts.py in real Djangos: healthy settings, and settings that do everything wrong."""
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import django_versions

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / 'probes/django_facts.py'
SECRET = 'Qx7-' + 'aB3dE9gH1jK5mN7pR2tV4xZ6' * 3
MARK = 'postflight '
GOOD = f'''
SECRET_KEY = {SECRET!r}
ALLOWED_HOSTS = ['shop.test']
ROOT_URLCONF = 'urls'
INSTALLED_APPS = ['django.contrib.sessions', 'django.contrib.contenttypes', 'django.contrib.auth']
DATABASES = {{'default': {{'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'db.sqlite3'}}}}
CACHES = {{'default': {{'BACKEND': 'django.core.cache.backends.locmem.LocMemCache'}},
          'far': {{'BACKEND': 'django_redis.cache.RedisCache',
                  'LOCATION': 'redis://shop:{SECRET}@cache1:6379/1'}}}}
LOGGING = {{'version': 1, 'handlers': {{'file': {{'class': 'logging.FileHandler',
                                               'filename': 'site.log'}}}}}}
'''
PATHS = {'Debian': None}


class Facts(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.project = pathlib.Path(self.folder.name)
        (self.project / 'urls.py').write_text('urlpatterns = []\n')

    def ask(self, settings, *words, path=None, variables=None):
        (self.project / 'conf.py').write_text(settings)
        environment = {'DJANGO_SETTINGS_MODULE': 'conf', 'PATH': '/usr/bin:/bin',
                       'PYTHONPATH': ':'.join(filter(None, [str(path or ''), str(self.project)])),
                       'PYTHONDONTWRITEBYTECODE': '1', **(variables or {})}
        started = time.monotonic()
        with open(SCRIPT) as script:
            done = subprocess.run(['/usr/bin/python3', '-', *(words or ['settings'])],
                                  stdin=script, capture_output=True, text=True, timeout=120,
                                  cwd=self.project, env=environment)
        self.took = time.monotonic() - started
        said = done.stdout + done.stderr
        self.assertNotIn(SECRET, said, 'a secret came out')
        self.assertLess(len(said), 64 * 1024)
        for line in done.stdout.splitlines():
            self.assertTrue(line.startswith(MARK), line)
        return [line[len(MARK):] for line in done.stdout.splitlines()], done.returncode

    def test_a_healthy_project_tells_its_facts(self):
        for path in PATHS.values():
            facts, status = self.ask(GOOD, path=path)
            self.assertEqual((status, facts[-1]), (0, 'end=settings'))
            self.assertIn('cache_url=far redis://cache1:6379/1 True shop', facts)
            self.assertTrue(any(fact.startswith(f'secret_key={len(SECRET)} ') for fact in facts))
            self.assertFalse([fact for fact in facts if fact.startswith('failed')])

    def test_the_deployment_checks_are_told_by_their_ids(self):
        for path in PATHS.values():
            facts, status = self.ask(GOOD + "del CACHES['far']\nSILENCED_SYSTEM_CHECKS = ['security.W003']\n",
                                     'deploy', path=path)
            self.assertEqual((status, facts[-1]), (0, 'end=deploy'))
            self.assertIn('hidden=security.W003 30', facts)
            self.assertIn('reported=security.W001 30', facts)
            self.assertIn('error_view=404 default', facts)

    def test_equal_keys_have_equal_digests_and_others_do_not(self):
        def digest(key):
            facts, _ = self.ask(GOOD + f'SECRET_KEY = {key!r}\n')
            return [fact for fact in facts if fact.startswith('secret_key=')][0].split()[-1]
        self.assertEqual(digest(SECRET), digest(SECRET))
        self.assertNotEqual(digest(SECRET), digest(SECRET + 'x'))

    def test_printing_floods_and_warnings_are_thrown_away(self):
        noise = (f'import os, sys, warnings\nprint({SECRET!r})\n'
                 f'sys.stderr.write({SECRET!r})\nwarnings.warn({SECRET!r})\n'
                 "for _ in range(100):\n    os.write(1, b'x' * 1048576)\n")
        facts, status = self.ask(noise + GOOD)
        self.assertEqual((status, facts[-1]), (0, 'end=settings'))

    def test_an_error_tells_no_value(self):
        for code, word in (('import sys; sys.exit({!r})', 'SystemExit'),
                           ('raise ValueError({!r})', 'ValueError'),
                           ('raise ImportError("no " + {!r})', 'ImportError'),
                           ("raise KeyError('postgres://u:' + {!r} + '@db/x')", 'KeyError'),
                           ('1 +', 'SyntaxError'), ('import shop_settings_missing', 'missing')):
            facts, status = self.ask(code.format(SECRET) + '\n')
            self.assertEqual(status, 1, code)
            self.assertIn(word, facts[-1])

    def test_leaving_without_a_word_leaves_no_end(self):
        facts, _ = self.ask('import os; os._exit(0)\n')
        self.assertEqual(facts, [])

    def test_a_fork_tells_nothing_twice(self):
        facts, _ = self.ask('import os; os.fork()\n' + GOOD)
        self.assertEqual(facts.count('end=settings'), 1)

    def test_parts_end_one_by_one_and_one_that_fails_costs_no_other(self):
        facts, status = self.ask(GOOD, 'settings,places')
        self.assertEqual(status, 0)
        self.assertEqual([fact for fact in facts if fact.startswith('end=')],
                         ['end=settings', 'end=places'])
        self.assertIn(f'secret_key_file={self.project / "conf.py"}', facts)
        self.assertIn(f'log_file=logging.FileHandler {self.project / "site.log"}', facts)
        facts, status = self.ask(GOOD + "SECRET_KEY = 'x' * 60\nROOT_URLCONF = 'gone'\n",
                                 'deploy,settings')
        self.assertEqual((status, facts[-1]), (1, 'end=settings'))
        self.assertIn('error_deploy=ModuleNotFoundError: gone', facts)
        self.assertNotIn('end=deploy', facts)

    def mail(self, behave, starttls=True, path=None):
        """What is told of a mail server that does this to whoever comes, in how much time."""
        listener = socket.socket()
        listener.bind(('127.0.0.1', 0))
        listener.listen(8)
        self.addCleanup(listener.close)

        def serve():
            try:
                connection, _ = listener.accept()
                with connection:
                    behave(connection)
            except OSError:
                pass
        threading.Thread(target=serve, daemon=True).start()
        port = listener.getsockname()[1]
        facts, _ = self.ask(GOOD + f"EMAIL_HOST, EMAIL_PORT, EMAIL_USE_TLS = '127.0.0.1', {port}, {starttls}\n",
                            'mail', path=path)
        self.assertEqual(facts[-1], 'end=mail')
        self.assertLess(self.took, 20)
        return facts[:-1]

    def test_mail_servers_that_misbehave_are_survived_and_told(self):
        def hello(connection, *lines):
            connection.sendall(b'220 mail ESMTP\r\n')
            for line in lines:
                connection.recv(4096)
                connection.sendall(line)

        def flooding(*first, line):
            def behave(connection):
                connection.sendall(b''.join(first))
                while True:
                    connection.sendall(line)
            return behave

        def drip(connection):
            for byte in b'220 ' + b'x' * 4000:
                connection.sendall(bytes([byte]))
                time.sleep(0.1)

        def hang(connection):
            hello(connection)
            time.sleep(12)

        def refuse(connection):
            hello(connection, b'250-mail\r\n250 STARTTLS\r\n', b'454 TLS not available\r\n', b'221 bye\r\n')
            time.sleep(1)

        much, slow = 'mail_failed=it said far too much', 'mail_slow=it did not answer to the end'
        for name, behave, told in (
                ('a banner of 10 MB', flooding(b'220 ', line=b'x' * 65536), 'SMTP'),
                ('lines without end', flooding(b'', line=b'220-and so on\r\n' * 512), much),
                ('an EHLO without end', lambda c: (hello(c), c.recv(4096), flooding(line=b'250-X\r\n' * 999)(c)), much),
                ('a drip', drip, slow),
                ('silence after the hello', hang, slow),
                ('NUL and escapes', lambda c: hello(c, b'250 a\0\x1b]0;x\x07\r\n', b'500 no\r\n'), 'mail_failed='),
                ('another protocol', lambda c: c.sendall(b'SSH-2.0-x\r\n'), 'mail_failed='),
                ('no STARTTLS', lambda c: hello(c, b'250 mail\r\n', b'221 bye\r\n'), 'SMTPNotSupportedError'),
                ('STARTTLS refused', refuse, 'mail_failed='),
                ('hanging up', lambda c: None, 'mail_failed=')):
            with self.subTest(name):
                facts = self.mail(behave)
                self.assertIn(told, facts[-1])
                self.assertNotIn('\x1b', ''.join(facts))

    def test_a_mail_server_must_be_trusted_where_django_wants_it_so(self):
        key, certificate = self.project / 'key.pem', self.project / 'cert.pem'
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=mail.example',
                        '-keyout', key, '-out', certificate], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)

        def behave(connection):
            connection.sendall(b'220 mail ESMTP\r\n')
            connection.recv(4096)
            connection.sendall(b'250-mail\r\n250 STARTTLS\r\n')
            connection.recv(4096)
            connection.sendall(b'220 go on\r\n')
            with context.wrap_socket(connection, server_side=True) as secured:
                while secured.recv(4096):
                    secured.sendall(b'250 mail\r\n')
        for name, path in PATHS.items():
            facts = self.mail(behave, path=path)
            self.assertIn('mail_tls=250' if name == 'Debian' else 'mail_failed=self-signed certificate', facts, name)

    def test_hanging_settings_end_by_themselves(self):
        facts, status = self.ask('import time\nwhile True:\n    try:\n        time.sleep(60)\n'
                                 '    except BaseException:\n        pass\n')
        self.assertEqual(facts, [])
        self.assertNotEqual(status, 0)
        self.assertLess(self.took, 60)

    def test_split_settings_and_an_env_file(self):
        (self.project / 'base.py').write_text(GOOD)
        (self.project / 'env').write_text(f'# of the site\nexport SHOP_KEY="{SECRET}"\n')
        split = "import os\nfrom base import *\nSECRET_KEY = os.environ['SHOP_KEY']\n"
        facts, _ = self.ask(split, variables={'POSTFLIGHT_ENV_FILE': str(self.project / 'env')})
        self.assertEqual(facts[-1], 'end=settings')
        facts, _ = self.ask(split.replace('SHOP_KEY', 'SHOP_OTHER'))
        self.assertIn('error=KeyError: SHOP_OTHER', facts)

    def test_a_key_is_found_in_packed_history_of_any_branch(self):
        def git(*words):
            subprocess.run(['git', '-c', 'user.name=t', '-c', 'user.email=t@t', '-c',
                            'init.defaultBranch=main', *words], cwd=self.project, check=True,
                           capture_output=True, env={'PATH': os.environ['PATH'], 'HOME': '/'})
        git('init')
        git('add', 'urls.py')
        git('commit', '-m', 'one')
        facts, _ = self.ask(GOOD, 'history')
        self.assertFalse([fact for fact in facts if fact.startswith('in_history')])
        git('checkout', '-b', 'old')
        (self.project / 'leak.py').write_text(f'KEY = {SECRET!r}\n')
        git('add', 'leak.py')
        git('commit', '-m', 'two')
        git('checkout', 'main')
        git('gc', '-q')
        facts, _ = self.ask(GOOD, 'history')
        self.assertTrue([fact for fact in facts if fact.startswith('in_history=0 ')], facts)
        self.assertEqual(facts[-1], 'end=history')


if __name__ == '__main__':
    path, reason = django_versions.backport(os.environ.get('PF_BACKPORT') or tempfile.mkdtemp())
    if path:
        PATHS['backports'] = path
    else:
        print(f'SKIPPED with the Django of backports: {reason}', file=sys.stderr)
    unittest.main(argv=sys.argv[:1], verbosity=1)
