"""django_facts.py in real Djangos: healthy settings, and settings that do everything wrong."""
import os
import pathlib
import subprocess
import sys
import tempfile
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
