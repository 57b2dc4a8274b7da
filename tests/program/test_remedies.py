#!/usr/bin/python3
"""What remedies say to write into a configuration, read by the programs that it is for.

test_remedies.py PROGRAM
"""
import ast
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = None
# Snippets that no program here reads; whoever changes one looks it up.
UNREAD = {'Varnish', 'Docker', 'PHP', 'fstab', 'MySQL', 'memcached.conf', 'sentinel.conf'}
NAMES = ('nginx', 'Apache', 'Django', 'systemd', 'site file', 'redis.conf', 'users.acl', 'nftables', 'pg_hba.conf', 'PostgreSQL',
         'postgresql.conf', 'logrotate', 'HAProxy', 'my.cnf')
# Settings of other packages, and of Djangos that are newer than the one here.
SETTINGS = {'CORS_ALLOWED_ORIGINS', 'SECURE_CSP', 'SECRET_KEY_FALLBACKS', 'SECURE_CROSS_ORIGIN_OPENER_POLICY'}


def snippets():
    """(check, what it is for, lines) of every remedy."""
    listed = subprocess.run([PROGRAM, 'checks', '--format', 'json'], check=True, capture_output=True, text=True).stdout
    for check in json.loads(listed):
        head, lines = None, []
        for line in (check['remedy'] or '').splitlines() + ['']:
            if line.startswith(' '):
                lines.append(line[4:])
                continue
            if lines:
                yield check['id'], what_for(head), '\n'.join(lines) + '\n'
            head, lines = line, []


def what_for(head):
    for name in sorted(UNREAD | set(NAMES), key=len, reverse=True):
        if re.match(re.escape(name) + r'\b', head or ''):
            return name
    return 'sh'


class Remedies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.folder.chmod(0o755)
        cls.all = list(snippets())
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=www.example.com',
                        '-keyout', cls.folder / 'key.pem', '-out', cls.folder / 'cert.pem'], check=True, capture_output=True)

    def each(self, name, try_it):
        mine = [(check, text) for check, what, text in self.all if what == name]
        self.assertTrue(mine, f'no remedy has a snippet for {name}')
        for check, text in mine:
            with self.subTest(check, snippet=text):
                try_it(text)

    def run_on(self, argv, wanted=0, **more):
        """`argv` ends with `wanted`."""
        done = subprocess.run([str(word) for word in argv], capture_output=True, text=True, timeout=60, **more)
        self.assertEqual(done.returncode, wanted, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def need(self, *programs):
        for name in programs:
            if not shutil.which(name):
                self.skipTest(f'{name} is not installed')

    def local(self, text):
        """Files that a snippet names, replaced by such as are here."""
        return re.sub(r'/\S*/(fullchain|privkey|cache|ca|db-ca|private-ca)\.(pem|key)',
                      lambda match: str(self.folder / ('key.pem' if 'key' in match[0].rsplit('/', 1)[1] else 'cert.pem')), text)

    def test_nginx(self):
        self.need('nginx')
        (self.folder / 'snippets').mkdir()
        (self.folder / 'snippets' / 'security-headers.conf').write_text('add_header X-Frame-Options DENY always;\n')
        config = self.folder / 'nginx.conf'
        def try_it(text):
            text = self.local(text)
            if not re.search(r'^server \{', text, re.M):
                text = f'server {{ listen 8080;\n{text}}}\n'
            config.write_text(f'pid {self.folder}/nginx.pid;\nerror_log stderr;\nevents {{}}\nhttp {{ access_log off;\n{text}}}\n')
            self.run_on(['nginx', '-t', '-q', '-c', config, '-p', self.folder])
        self.each('nginx', try_it)

    def test_apache(self):
        self.need('apache2')
        modules = ('mpm_event authz_core authz_host headers alias rewrite ssl socache_shmcb proxy proxy_http autoindex include '
                   'setenvif mime').split()
        loaded = ''.join(f'LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n' for name in modules)
        config = self.folder / 'apache.conf'
        def try_it(text):
            if not re.search(r'^(<VirtualHost|ServerTokens)', text, re.M):
                text = f'<VirtualHost *:8081>\n{text}</VirtualHost>\n'
            config.write_text(f'ServerRoot {self.folder}\nServerName localhost\nListen 127.0.0.1:8081\nPidFile {self.folder}/pid\nErrorLog {self.folder}/log\n'
                              f'{loaded}{self.local(text)}')
            self.run_on(['apache2', '-t', '-f', config])
        self.each('Apache', try_it)

    def test_django(self):
        try:
            from django.conf import global_settings
        except ImportError:
            self.skipTest('Django is not installed')
        known = {name for name in dir(global_settings) if name.isupper()} | SETTINGS
        def try_it(text):
            if text.startswith('{%'):
                return          # a template
            for node in ast.walk(ast.parse(text)):
                targets = node.targets if isinstance(node, ast.Assign) else []
                for target in targets:
                    for name in ast.walk(target):
                        if isinstance(name, ast.Name) and name.id.isupper():
                            self.assertIn(name.id, known, 'no such setting')
        self.each('Django', try_it)

    def test_shell(self):
        def try_it(text):
            self.run_on(['bash', '-n'], input=text)
        self.each('sh', try_it)

    def test_systemd(self):
        self.need('systemd-analyze')
        unit = self.folder / 'shop.service'
        def try_it(text):
            text = text.replace('/srv/shop/venv/bin/gunicorn', '/bin/true').replace('User=shop', 'User=daemon')
            text += '' if 'ExecStart' in text else ('\n' if '[Service]' in text else '\n[Service]\n') + 'ExecStart=/bin/true\n'
            unit.write_text(text)
            said = self.run_on(['systemd-analyze', 'verify', '--man=no', '--recursive-errors=no', unit])
            self.assertNotIn('shop.service:', said)
        self.each('systemd', try_it)

    def test_site_file(self):
        site = self.folder / 'site.yaml'
        rest = {'url': 'url: https://www.example.com\n', 'vantages': 'vantages:\n  db1: {role: db}\n  app1: {role: app}\n'
                '  backup1: {role: backup}\n',
                'databases': 'databases:\n  - {name: default, url: "postgresql://shop@db1/shop"}\n'}
        def try_it(text):
            site.write_text(text + ''.join(block for key, block in rest.items() if not re.search(rf'^{key}:', text, re.M)))
            self.run_on([PROGRAM, 'validate', site])
        self.each('site file', try_it)

    def test_redis(self):
        self.need('redis-server')
        users, config = self.folder / 'users.acl', self.folder / 'redis.conf'
        def try_it(text):
            users.write_text(text)
            self.starts_redis(config, f'aclfile {users}\n')
        self.each('users.acl', try_it)
        def try_it(text):
            text = re.sub(r'^bind .*$', 'bind 127.0.0.1', self.local(text), flags=re.M).replace('/etc/redis/users.acl', str(users))
            self.starts_redis(config, re.sub(r'^(tls-)?port .*$', '', text, flags=re.M))
        self.each('redis.conf', try_it)

    def starts_redis(self, config, text):
        """Redis reads that configuration, and is up."""
        # The last directive is one that it does not know: it ends there, after all of ours were read.
        config.write_text(f'{text}\nport 0\ndir {self.folder}\nno-such-directive yes\n')
        said = self.run_on(['redis-server', config], wanted=1)
        self.assertIn("'no-such-directive yes'", said)

    def test_nftables(self):
        self.need('nft')
        def try_it(text):
            rules = f'table inet t {{ chain c {{ type filter hook input priority 0;\n{text}}}\n}}\n'
            done = subprocess.run(['nft', '-c', '-f', '-'], input=rules, capture_output=True, text=True)
            if 'Operation not permitted' in done.stderr:
                self.skipTest('nft may not look at this kernel (not root?)')
            self.assertEqual(done.returncode, 0, done.stderr)
        self.each('nftables', try_it)

    def test_logrotate(self):
        self.need('logrotate')
        config = self.folder / 'logrotate.conf'
        def try_it(text):
            config.write_text(text.replace('/var/log/shop/*.log', f'{self.folder}/*.log').replace('shop adm', 'root root'))
            config.chmod(0o644)
            (self.folder / 'django.log').touch()
            self.assertNotIn('error', self.run_on(['logrotate', '-d', '-s', self.folder / 'state', config]))
        self.each('logrotate', try_it)

    def test_haproxy(self):
        self.need('haproxy')
        config = self.folder / 'haproxy.cfg'
        rest = 'defaults\n  mode http\n  timeout connect 1s\n  timeout client 1s\n  timeout server 1s\n'

        def try_it(text):
            site = 'frontend site\n  bind 127.0.0.1:8082\n'
            config.write_text(f'global\n{text}{rest}{site}' if text.startswith('ssl-default') else f'{rest}{site}{text}')
            self.run_on(['haproxy', '-c', '-q', '-f', config])
        self.each('HAProxy', try_it)

    def test_mariadb(self):
        self.need('mariadbd')
        config = self.folder / 'my.cnf'

        def try_it(text):
            config.write_text(text)
            said = self.run_on(['mariadbd', f'--defaults-file={config}', '--help', '--verbose', '--user=root'])
            for setting in re.findall(r'(?m)^([a-z_-]+) = (.*)$', text):
                self.assertRegex(said, rf'(?mi)^{setting[0].replace("_", "-")} +({setting[1]}|TRUE)$')
        self.each('my.cnf', try_it)

    def test_postgresql(self):
        """A server of one's own reads both files, and runs the statements."""
        tools = sorted(pathlib.Path('/usr/lib/postgresql').glob('*/bin'))
        if not tools or not shutil.which('setpriv'):
            self.skipTest('PostgreSQL is not installed')
        data = self.folder / 'data'
        data.mkdir()
        shutil.chown(data, 'postgres', 'postgres')
        user = ['setpriv', '--reuid', 'postgres', '--regid', 'postgres', '--clear-groups', '--']
        tool = tools[-1]
        self.run_on([*user, tool / 'initdb', '-D', data, '-A', 'trust', '-N'])
        for name in ('cert.pem', 'key.pem'):
            shutil.copy(self.folder / name, data)
            shutil.chown(data / name, 'postgres', 'postgres')
            (data / name).chmod(0o600)
        for name, target in (('pg_hba.conf', 'pg_hba.conf'), ('postgresql.conf', 'postgresql.auto.conf')):
            with open(data / target, 'a') as file:
                def try_it(text):
                    text = re.sub(r"listen_addresses = .*", "listen_addresses = ''", text)
                    file.write(text)
                self.each(name, try_it)
        sockets = ['-c', f'unix_socket_directories={data}', '-c', 'listen_addresses=', '-c', 'fsync=off',
                   '-c', 'ssl_cert_file=cert.pem', '-c', 'ssl_key_file=key.pem']
        self.run_on([*user, tool / 'pg_ctl', '-D', data, '-w', '-o', ' '.join(sockets), '-l', data / 'log', 'start'])
        psql = [*user, tool / 'psql', '-h', data, '-U', 'postgres', '-v', 'ON_ERROR_STOP=1', '-Atqc']
        try:
            self.run_on([*psql, 'CREATE ROLE shop; GRANT pg_read_server_files TO shop;'])
            self.assertEqual(self.run_on([*psql, 'SELECT error FROM pg_hba_file_rules WHERE error IS NOT NULL']), '')
            self.assertEqual(self.run_on([*psql, 'SELECT error FROM pg_file_settings WHERE error IS NOT NULL']), '')
            def try_it(text):
                self.run_on([*psql, text])
            self.each('PostgreSQL', try_it)
        finally:
            self.run_on([*user, tool / 'pg_ctl', '-D', data, '-m', 'immediate', 'stop'])

    def test_everything_is_for_something_that_is_known(self):
        for check, what, _ in self.all:
            self.assertIn(what, UNREAD | set(NAMES) | {'sh'}, check)


if __name__ == '__main__':
    PROGRAM = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()
