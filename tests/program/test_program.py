#!/usr/bin/python3
"""The whole program from the outside, on loopback: exit codes, bad input, deadlines, workers that die.

test_program.py PROGRAM
"""
import fcntl
import json
import os
import pathlib
import pwd
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

PROGRAM = None
SOURCE = pathlib.Path(__file__).resolve().parents[2]
# Sanitizers make everything slower; the bounds below are for people, not for machines.
PATIENCE = 1.5 if os.environ.get('POSTFLIGHT_SLOW') else 0.35

PAGE = b'<!doctype html><html><head><title>Shop</title></head><body><h1>Shop</h1></body></html>'


class Peer:
    """A server on loopback that does the same to every connection, in a thread of its own."""

    def __init__(self, behave, address='127.0.0.1', tls=None):
        self.behave, self.tls = behave, tls
        self.connections = 0
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((address, 0))
        self.socket.listen(256)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            self.behave(connection)
        except OSError:
            pass
        finally:
            connection.close()

    def close(self):
        self.socket.close()


def peak_kib(pid):
    """The most that a process had in memory so far; what os.wait4 tells begins with the memory of this one."""
    try:
        found = re.search(r'VmHWM:\s+(\d+)', pathlib.Path(f'/proc/{pid}/status').read_text())
    except OSError:
        return 0
    return int(found.group(1)) if found else 0


def answer_pages(connection):
    """A small site that knows one name and drops every other."""
    while True:
        head = b''
        while b'\r\n\r\n' not in head:
            piece = connection.recv(4096)
            if not piece:
                return
            head += piece
        path = head.split(b' ')[1]
        host = re.search(rb'\r\n[Hh]ost: *([^\r\n]*)', head)
        if not host or not host.group(1).startswith(b'127.0.0.1'):
            return
        status, page = (b'200 OK', PAGE) if path.split(b'?')[0] == b'/' else (b'404 Not Found', b'<h1>Not Found</h1>')
        connection.sendall(b'HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s'
                           % (status, len(page), page))


def answer_bad_gateway(connection):
    """A front whose application server is gone."""
    while True:
        head = b''
        while b'\r\n\r\n' not in head:
            piece = connection.recv(4096)
            if not piece:
                return
            head += piece
        connection.sendall(b'HTTP/1.1 502 Bad Gateway\r\nServer: nginx\r\nContent-Length: 3\r\n\r\nbad')


def stall(connection):
    time.sleep(30)


def drip(connection):
    for byte in b'HTTP/1.1 200 OK\r\nX-Slow: ' + b'a' * 1000:
        connection.sendall(bytes([byte]))
        time.sleep(0.4)


def talk_ssh(connection):
    connection.sendall(b'SSH-2.0-OpenSSH_9.2\r\n')
    time.sleep(1)


# Locks and state of these tests, apart from those of the machine and of other tests.
PLACES = tempfile.TemporaryDirectory()
os.environ.update(RUNTIME_DIRECTORY=PLACES.name, STATE_DIRECTORY=PLACES.name)


def run(*arguments, timeout=60, **options):
    options.setdefault('stdin', subprocess.DEVNULL)
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True,
                          timeout=timeout, **options)


def children_of(pid):
    """Process ids of the workers that a run has started."""
    found = []
    for stat in pathlib.Path('/proc').glob('[0-9]*/stat'):
        try:
            fields = stat.read_text().rsplit(')', 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def wait_for(condition, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError('what was waited for did not happen')


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())
                                   if hasattr(self, 'enterContext') else self._temporary())

    def _temporary(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return folder.name

    def peer(self, behave, **options):
        peer = Peer(behave, **options)
        self.addCleanup(peer.close)
        return peer

    def site(self, text, name='site.yaml'):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def site_of(self, peer, more=''):
        return self.site(f'site: shop\nurl: http://127.0.0.1:{peer.port}\nhttp_port: {peer.port}\n{more}')

    def report(self, *arguments, codes=(0, 1, 3), **options):
        done = run('run', *arguments, '--format', 'json', **options)
        self.assertIn(done.returncode, codes, done.stderr)
        return json.loads(done.stdout)


class CommandLine(Case):
    def test_version_and_help_answer_on_stdout(self):
        self.assertRegex(run('--version').stdout, r'^postflight \d+\.\d+\.\d+\n$')
        self.assertIn('Usage: postflight', run('--help').stdout)
        self.assertIn('--dry-run', run('run', '--help').stdout)

    def test_usage_errors_exit_2_with_one_line(self):
        for arguments in (['nonsense'], ['run', '--nonsense'], ['run', '--deadline', 'soon', 'http://127.0.0.1/'],
                          ['run', '--only', 'no-such-area', 'http://127.0.0.1/'], ['run', '--format', 'pdf', 'x'],
                          ['run', '--fail-on', 'sometimes', 'x'], ['collect', 'x'], ['judge', 'x'],
                          ['run', '--as', 'x', 'y'], ['run', '--from'], ['explain', 'no.such-check']):
            with self.subTest(arguments=arguments):
                done = run(*arguments, cwd=self.folder)
                self.assertEqual(done.returncode, 2)
                self.assertTrue(done.stderr.startswith('postflight: ') or done.stdout, done)

    def test_a_misspelt_command_gets_a_hint(self):
        self.assertIn('did you mean validate?', run('validat').stderr)

    def test_two_reports_to_stdout_are_refused(self):
        done = run('run', 'http://127.0.0.1:9/', '--format', 'text', '--format', 'json')
        self.assertEqual(done.returncode, 2)
        self.assertIn('standard output', done.stderr)

    def test_checks_lists_every_check_and_explain_explains_each(self):
        checks = json.loads(run('checks', '--format', 'json').stdout)
        self.assertGreater(len(checks), 20)
        for check in checks:
            done = run('explain', check['id'])
            self.assertEqual(done.returncode, 0)
            self.assertIn(check['id'], done.stdout)
            self.assertIn('http', done.stdout, 'a reference')


class SiteFiles(Case):
    def refused(self, text, *patterns):
        path = self.site(text)
        done = run('validate', path)
        self.assertEqual(done.returncode, 2, done)
        for pattern in patterns:
            self.assertRegex(done.stderr, pattern)
        self.assertNotRegex(done.stderr, '\x1b')

    def test_mistakes_have_file_line_and_column(self):
        self.refused('url: https://a.example\nhots: [a.example]\n', r'site\.yaml:2:1: .*hots.*did you mean.*hosts')
        self.refused('url: https://a.example\nurl: https://b.example\n', r'site\.yaml:2:1: ')
        self.refused('url: https://a.example\nhosts: 5\n', r'site\.yaml:2:8: ')
        self.refused('url: &a https://a.example\nsite: *a\n', r'site\.yaml:1:\d+: ')
        self.refused('url: https://a.example:70000\n', r'site\.yaml:1:6: ')
        self.refused('url: "https://a.example/\\r\\nX: y"\n', r'site\.yaml:1:6: ')
        self.refused(b'url: https://a.example\nsite: \xff\xfe\n', r'site\.yaml:2')
        self.refused('url: https://user:secret@a.example\n', r'site\.yaml:1:6: ')
        self.refused('site: x\n', r'url')

    def test_all_mistakes_are_told_at_once(self):
        self.refused('url: nonsense\nhosts: 5\nbogus: 1\n', r':1:', r':2:', r':3:')

    def test_two_mebibytes_are_refused(self):
        self.refused('url: https://a.example\n#' + 'x' * 2 * 1024 * 1024, r'site\.yaml: |site\.yaml:')

    def test_a_secret_file_that_others_can_read_is_refused(self):
        secret = self.folder / 'db.pw'
        secret.write_text('hunter2\n')
        secret.chmod(0o644)
        self.refused(f'url: https://a.example\ndatabases:\n  - name: default\n    url: postgresql://a@127.0.0.1/a\n'
                     f'    password_file: {secret}\n', r'db\.pw')

    def test_a_missing_site_file_is_one_line(self):
        done = run('run', self.folder / 'none.yaml')
        self.assertEqual((done.returncode, done.stderr.count('\n')), (2, 1))

    def test_a_right_one_says_how_much_would_be_asked(self):
        done = run('validate', self.site('url: https://a.example\naddresses: [127.0.0.1]\n'))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r'bastion .*\d+ questions')


class Audits(Case):
    def test_a_url_alone_is_enough(self):
        peer = self.peer(answer_pages)
        report = self.report(f'http://127.0.0.1:{peer.port}/')
        status = {f['check']: f['status'] for f in report['findings']}
        self.assertEqual(status['debug.off'], 'pass')
        self.assertEqual(status['allowed-hosts.unknown-host-rejected'], 'pass')
        self.assertEqual(status['backups.exist'], 'skip')
        self.assertIn('backups', {u['block'] for u in report['unlock']})

    def test_a_report_that_could_not_be_kept_is_no_audit(self):
        peer = self.peer(answer_pages)
        done = run('run', self.site_of(peer), '-o', self.folder / 'nowhere' / 'report.txt')
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, 'nowhere/report.txt: cannot write: No such file')
        self.assertEqual(peer.connections, 0)

    def test_a_pipe_that_nobody_reads_is_not_waited_for(self):
        peer = self.peer(answer_pages)
        os.mkfifo(self.folder / 'pipe')
        done = run('run', self.site_of(peer), '-o', self.folder / 'pipe')
        self.assertEqual(done.returncode, 2)
        self.assertIn('nobody reads this pipe', done.stderr)

    def test_a_pipe_whose_reader_has_stopped_is_not_waited_for_without_end(self):
        peer = self.peer(answer_pages)
        os.mkfifo(self.folder / 'pipe')
        reader = os.open(self.folder / 'pipe', os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 4096)
        done = run('run', self.site_of(peer), '--format', 'json', '-o', self.folder / 'pipe')
        self.assertEqual(done.returncode, 2)
        self.assertIn('cannot write: Connection timed out', done.stderr)

    def test_a_dry_run_sends_nothing(self):
        peer = self.peer(answer_pages)
        done = run('run', '--dry-run', self.site_of(peer))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('curl', done.stdout)
        self.assertEqual(peer.connections, 0)

    def test_collect_and_judge_by_hand_give_the_same_report(self):
        peer = self.peer(answer_pages)
        site = self.site_of(peer)
        evidence = self.folder / 'bastion.jsonl'
        evidence.write_text(run('collect', site, '--as', 'bastion').stdout)
        judged = json.loads(run('judge', site, evidence, '--format', 'json').stdout)
        audited = self.report(site)

        def verdicts(report):
            canary = re.compile(r'pf-[0-9a-f]{8}')
            return [(f['check'], f['status'], f['subject'], canary.sub('pf-', f['summary'])) for f in report['findings']]
        self.assertEqual(verdicts(judged), verdicts(audited))
        self.assertEqual(judged['score'], audited['score'])

    def test_a_collector_waits_for_lessons_until_its_input_ends(self):
        peer = self.peer(answer_pages)
        text = self.site_of(peer).read_bytes()
        collector = subprocess.Popen([PROGRAM, 'collect', '-', '--as', 'bastion', '--site-bytes', str(len(text))],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(collector.kill)

        def lines_until_pause():
            lines = []
            while not lines or 'pause' not in lines[-1]:
                lines.append(json.loads(collector.stdout.readline()))
            return lines
        collector.stdin.write(text)
        collector.stdin.flush()
        lines = lines_until_pause()
        self.assertEqual(lines[-1], {'pause': 0})
        self.assertGreater(sum('answer' in line for line in lines), 5)
        collector.stdin.write(b'{"probe":"caches","taught":"10.0.0.5 6379"}\nnonsense\n')
        collector.stdin.flush()
        while lines[-1] != {'pause': 2}:
            lines += lines_until_pause()
        rest, _ = collector.communicate(timeout=20)
        end = [json.loads(line) for line in rest.splitlines()]
        self.assertEqual([line['end'] for line in end], ['complete'])
        self.assertEqual(end[0]['answers'], sum('answer' in line for line in lines))
        self.assertEqual(collector.returncode, 0)

    def test_the_environment_changes_nothing(self):
        peer = self.peer(answer_pages)
        keys = self.folder / 'keys'
        hostile = dict(os.environ, http_proxy='http://127.0.0.1:9', ALL_PROXY='http://127.0.0.1:9', PGHOSTADDR='127.0.0.9',
                       SSLKEYLOGFILE=str(keys))
        report = self.report(self.site_of(peer), env=hostile)
        self.assertGreater(report['counts']['pass'], 5)
        self.assertFalse(keys.exists())

    def test_a_name_that_does_not_resolve_is_unknown(self):
        done = run('run', 'https://no-such-name.invalid/', '--format', 'json')
        self.assertEqual(done.returncode, 3)
        report = json.loads(done.stdout)
        self.assertEqual(report['counts']['fail'], 0)
        self.assertEqual({f['status'] for f in report['findings']} - {'unknown', 'skip'}, set())

    def test_nothing_passes_where_nothing_is_seen_of_the_site(self):
        for peer in (answer_bad_gateway, talk_ssh, stall):
            with self.subTest(peer.__name__):
                report = self.report(self.site_of(self.peer(peer)), '--deadline', '20s', '--skip', 'https')
                passed = [f for f in report['findings'] if f['status'] == 'pass']
                self.assertEqual([(f['check'], f['summary']) for f in passed], [])
                self.assertGreater(report['counts']['unknown'], 10)
                self.assertIsNone(report['grade'])

    def test_another_protocol_is_unknown(self):
        peer = self.peer(talk_ssh)
        report = self.report(self.site_of(peer), '--only', 'debug.off')
        self.assertEqual({f['status'] for f in report['findings']}, {'unknown'})

    def test_an_untrusted_certificate_is_one_finding_and_loses_nothing_else(self):
        key, certificate = self.folder / 'key.pem', self.folder / 'cert.pem'
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=other.example',
                        '-keyout', key, '-out', certificate], check=True, capture_output=True)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        peer = self.peer(answer_pages, tls=tls)
        report = self.report(f'https://127.0.0.1:{peer.port}/')
        status = {f['check']: f['status'] for f in report['findings']}
        self.assertEqual(status['https.certificate'], 'fail')
        self.assertEqual(status['debug.off'], 'pass')

    def test_a_redis_port_that_speaks_another_protocol_is_unknown(self):
        peer, other = self.peer(answer_pages), self.peer(talk_ssh)
        site = self.site_of(peer, f'caches:\n  - name: default\n    url: redis://127.0.0.1:{other.port}/0\n')
        report = self.report(site, '--only', 'caches')
        self.assertEqual({f['status'] for f in report['findings'] if f['check'] == 'caches.only-app-servers'}, {'unknown'})

    def test_the_report_matches_its_schema(self):
        try:
            import jsonschema
        except ImportError:
            self.skipTest('python3-jsonschema is not installed')
        peer = self.peer(answer_pages)
        schema = json.loads((SOURCE / 'packaging/schema/postflight.report.1.json').read_text())
        jsonschema.validate(self.report(self.site_of(peer)), schema)

    def test_a_full_disk_behind_stdout_is_told(self):
        peer = self.peer(answer_pages)
        with open('/dev/full', 'w') as full:
            done = subprocess.run([PROGRAM, 'run', self.site_of(peer)], stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn('standard output', done.stderr)

    def test_several_reports_come_from_one_run(self):
        peer = self.peer(answer_pages)
        text, data = self.folder / 'report.txt', self.folder / 'report.json'
        run('run', self.site_of(peer), '--format', 'text', '-o', text, '--format', 'json', '-o', data)
        self.assertIn('score', text.read_text().lower())
        self.assertEqual(json.loads(data.read_text())['schema'], 'postflight.report/1')

    def test_a_waiver_takes_a_fault_out_of_the_score_until_it_expires(self):
        peer = self.peer(answer_pages)
        waiver = 'waivers:\n  - {check: https.*, reason: test, owner: me@example.com, expires: %s}\n'
        status = {f['check']: f['status'] for f in self.report(self.site_of(peer, waiver % '2099-01-01'))['findings']}
        self.assertEqual(status['https.redirect-all'], 'waived')
        status = {f['check']: f['status'] for f in self.report(self.site_of(peer, waiver % '2020-01-01'))['findings']}
        self.assertEqual(status['https.redirect-all'], 'fail')


class Evidence(Case):
    def setUp(self):
        super().setUp()
        peer = self.peer(answer_pages)
        self.site_file = self.site_of(peer)
        self.lines = run('collect', self.site_file, '--as', 'bastion').stdout.splitlines(True)

    def judge(self, lines):
        path = self.folder / 'evidence.jsonl'
        path.write_text(''.join(lines))
        done = run('judge', self.site_file, path, '--format', 'json')
        self.assertIn(done.returncode, (0, 1, 3), done.stderr)
        return json.loads(done.stdout)

    def test_cut_evidence_is_unknown_and_told(self):
        whole, cut = self.judge(self.lines), self.judge(self.lines[:len(self.lines) // 2])
        self.assertEqual(whole['vantages'][0]['status'], 'complete')
        self.assertEqual(cut['vantages'][0]['status'], 'partial')
        self.assertGreater(cut['counts']['unknown'], whole['counts']['unknown'])
        self.assertTrue(any('cut off' in notice for notice in cut['notices']))

    def test_a_forged_question_is_worth_nothing(self):
        forged = self.lines[1].replace('/', '/forged', 1)
        report = self.judge([self.lines[0], forged, self.lines[-1]])
        self.assertEqual(report['counts']['pass'], 0)

    def test_evidence_of_another_version_site_or_vantage_is_refused(self):
        for old, new in (('evidence/1', 'evidence/9'), ('"shop"', '"other"'), ('"bastion"', '"nobody"'), ('.invalid', '.example')):
            with self.subTest(new=new):
                report = self.judge([self.lines[0].replace(old, new), *self.lines[1:]])
                self.assertEqual(report['vantages'][0]['status'], 'unreachable')
                self.assertEqual(report['counts']['pass'], 0)
                self.assertTrue(any('line 1 was refused' in notice for notice in report['notices']))

    def test_evidence_from_no_time_is_refused(self):
        for started in ('"x"', '1e300', '-5', '[]', '99999999999999999999', 'null'):
            with self.subTest(started=started):
                head = re.sub(r'"started_at":\d+', f'"started_at":{started}', self.lines[0])
                self.assertNotEqual(head, self.lines[0])
                report = self.judge([head, *self.lines[1:]])
                self.assertEqual(report['vantages'][0]['status'], 'unreachable')
                self.assertTrue(any('line 1 was refused' in notice for notice in report['notices']))

    def test_a_second_file_of_one_vantage_is_told(self):
        paths = [self.folder / 'one.jsonl', self.folder / 'two.jsonl']
        for path in paths:
            path.write_text(''.join(self.lines))
        done = run('judge', self.site_file, *paths, '--format', 'json')
        self.assertEqual([notice for notice in json.loads(done.stdout)['notices'] if 'not counted' in notice],
                         [f'{paths[1]}: not counted, since {paths[0]} is from the vantage bastion, too'])

    def test_huge_and_garbled_lines_are_refused_one_by_one(self):
        lines = [*self.lines[:3], 'x' * 3_000_000 + '\n', '{"question":{}}\n', '\x00\xff\n', '[' * 100000 + '\n', *self.lines[3:]]
        report = self.judge(lines)
        self.assertGreater(report['counts']['pass'], 0)
        self.assertEqual(sum('refused' in notice for notice in report['notices']), 4)

    def test_a_flood_of_evidence_takes_no_more_than_its_share_of_memory(self):
        told = ('{"question":{"kind":"exec","ask":{"argv":["x%d"]}},"answer":{"kind":"exec","outcome":"answered",'
                '"at":1,"took_us":1,"facts":{"output":"%s"}}}\n')
        floods = {'text': [told % (i, 'x' * 900_000) for i in range(60)],
                  'values': ['{"end":[' + '[],' * 340_000 + '[]]}\n'] * 4,
                  'cells': [told % (i, '') + '{"question":{},"answer":{"facts":[' + '"",' * 39_000 + '""]}}\n'
                            for i in range(40)]}
        path, output = self.folder / 'flood.jsonl', self.folder / 'report.json'
        for name, lines in floods.items():
            with self.subTest(flood=name):
                path.write_text(''.join([*self.lines[:-1], *lines, self.lines[-1]]))
                process = subprocess.Popen([PROGRAM, 'judge', self.site_file, path, '--format', 'json', '-o', output],
                                           stderr=subprocess.DEVNULL)
                peak = 0
                while process.poll() is None:
                    peak = max(peak, peak_kib(process.pid))
                report = json.loads(output.read_text())
                self.assertTrue(any('refused' in notice for notice in report['notices']))
                self.assertGreater(peak, 1024)
                if os.environ.get('POSTFLIGHT_SLOW'):
                    print('not measured: a sanitizer keeps freed memory', file=sys.stderr)
                else:
                    self.assertLess(peak, 32 * 1024)

    def test_foreign_text_in_evidence_is_escaped_again(self):
        lines = [line.replace('"title":"Shop"', '"title":"\\u001b[2JShop\\u202e"') for line in self.lines]
        path = self.folder / 'evidence.jsonl'
        path.write_text(''.join(lines))
        done = run('judge', self.site_file, path, '-vv')
        self.assertNotIn('\x1b', done.stdout)
        self.assertNotIn('\u202e', done.stdout)


class Secrets(Case):
    """A password from each place, against a Redis that takes it; it shows up nowhere else."""
    SECRET = 'k7Qz-planted-password-9vXw'

    def setUp(self):
        super().setUp()
        key = self.folder / 'key.pem'
        self.certificate = self.folder / 'ca.pem'
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days',
                        '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout',
                        key, '-out', self.certificate], check=True, capture_output=True)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate, key)
        self.heard = b''

    def redis(self, connection):
        """Says +OK to the password and stalls then, so that there is time to look around."""
        while piece := connection.recv(4096):
            self.heard += piece
            if self.SECRET.encode() in self.heard:
                time.sleep(1.5)
                return
            connection.sendall(b'-NOAUTH Authentication required.\r\n' * max(1, piece.count(b'*')))

    def site_with(self, password):
        peer = self.peer(self.redis, tls=self.context)
        return self.site(f'site: shop\nurl: http://127.0.0.1:9\nca_file: {self.certificate}\n'
                         'vantages: {bastion: {role: app}}\n'
                         f'caches:\n  - name: visits\n    url: rediss://127.0.0.1:{peer.port}\n    username: shop\n'
                         f'    {password}\n    allow_from: [bastion]\n')

    def look_around(self, process, allowed):
        """Command lines and environments of the run and all below it, for as long as it lasts."""
        seen, own = '', ''
        while process.poll() is None:
            pids, fresh = [process.pid], [process.pid]
            while fresh := [child for pid in fresh for child in children_of(pid)]:
                pids += fresh
            for pid in pids:
                try:
                    line, environment = (pathlib.Path(f'/proc/{pid}/{name}').read_bytes().decode(errors='replace')
                                         for name in ('cmdline', 'environ'))
                except OSError:
                    continue
                own = own or line
                # Between fork and exec a child still shows what is its parent's.
                seen += line if allowed == 'environ' and line == own else line + environment
        return seen

    def kept(self, password, variables=None, allowed=None):
        site = self.site_with(password)
        where = [self.folder / 'report.txt', self.folder / 'report.json']
        process = subprocess.Popen([PROGRAM, 'run', site, '-vv', '--only', 'caches', '--deadline', '10s', '--format', 'text',
                                    '-o', where[0], '--format', 'json', '-o', where[1]], env={**os.environ, **(variables or {})},
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        around = self.look_around(process, allowed)
        output, errors = process.communicate(timeout=30)
        self.assertIn(self.SECRET.encode(), self.heard, 'the password was not used: the test shows nothing')
        self.assertIn('postflight', around)
        collected = run('collect', site, '--as', 'bastion', '--only', 'caches', '--deadline', '10s',
                        env={**os.environ, **(variables or {})})
        rehearsed = run('run', site, '--dry-run', env={**os.environ, **(variables or {})})
        for text in (around, output, errors, *(path.read_text() for path in where), collected.stdout, collected.stderr,
                     rehearsed.stdout, rehearsed.stderr):
            self.assertNotIn(self.SECRET, text)
        for path in pathlib.Path(PLACES.name).rglob('*'):
            if path.is_file():
                self.assertNotIn(self.SECRET.encode(), path.read_bytes(), path)

    def planted(self, name='visits.pw'):
        path = self.folder / name
        path.write_text(self.SECRET + '\n')
        path.chmod(0o600)
        return path

    def test_from_a_file(self):
        self.kept(f'password_file: {self.planted()}')

    def test_from_a_command(self):
        self.kept(f'password_command: [cat, {self.planted()}]')

    def test_from_a_systemd_credential(self):
        self.planted('visits')
        self.kept('password_credential: visits', {'CREDENTIALS_DIRECTORY': str(self.folder)})

    def test_from_the_environment_which_no_child_inherits(self):
        self.kept('password_env: VISITS_PASSWORD', {'VISITS_PASSWORD': self.SECRET}, allowed='environ')


def answer_slowly_below_media(connection):
    """The page at once; what is asked for among the uploads, never."""
    head = connection.recv(4096)
    if b' /media/' in head:
        time.sleep(30)
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s'
                       % (len(PAGE), PAGE))


class Clean(Case):
    def setUp(self):
        super().setUp()
        self.media = self.folder / 'media'
        self.media.mkdir()
        self.places = {**os.environ, 'STATE_DIRECTORY': str(self.folder / 'state')}
        (self.folder / 'state').mkdir(mode=0o700)

    def clean(self):
        done = run('clean', env=self.places)
        return done.returncode, done.stdout

    def planted(self):
        return sorted(self.media.rglob('*'))

    def killed_while_planted(self):
        owner = pwd.getpwuid(os.geteuid()).pw_name
        site = self.site_of(self.peer(answer_slowly_below_media),
                            'vantages: {bastion: {role: app}}\n'
                            f'media: {{on: [bastion], root: {self.media}, url: /media/, owner: {owner}}}\n')
        process = subprocess.Popen([PROGRAM, 'run', site, '--allow-writes', '--only', 'media'], env=self.places,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: len(self.planted()) > 10)
        for pid in [*children_of(process.pid), process.pid]:
            os.kill(pid, signal.SIGKILL)
        process.wait()

    def test_nothing_is_left_where_nothing_was(self):
        self.assertEqual(self.clean(), (0, 'nothing was left on this machine\n'))

    def test_what_a_killed_run_left_is_removed_and_nothing_else(self):
        upload = self.media / 'photo.jpg'
        upload.write_bytes(b'of a user')
        self.killed_while_planted()
        left = self.planted()
        status, said = self.clean()
        self.assertEqual(status, 0, said)
        for line in said.splitlines():
            self.assertTrue(line.startswith('removed '), line)
            self.assertIn(pathlib.Path(line.removeprefix('removed ')), left)
        self.assertEqual(self.planted(), [upload])
        self.assertEqual(self.clean(), (0, 'nothing was left on this machine\n'))

    def test_the_next_run_removes_it_too_and_says_so(self):
        self.killed_while_planted()
        done = run('run', 'http://127.0.0.1:9/', '--deadline', '2s', env=self.places)
        self.assertIn('removed', done.stderr)
        self.assertEqual(self.planted(), [])


def heard(connection):
    """A whole request, so that what follows is an answer to it."""
    head = b''
    while b'\r\n\r\n' not in head:
        piece = connection.recv(4096)
        if not piece:
            raise OSError('hung up')
        head += piece


def saying(text, again=b''):
    """Answers every request with these bytes, and with the second ones over and over."""
    def behave(connection):
        heard(connection)
        connection.sendall(text)
        while again:
            connection.sendall(again)
    return behave


@unittest.skipUnless(os.geteuid() == 0 and os.path.isdir('/etc/nginx') and os.path.isdir('/etc/systemd/system'),
                     'needs root, and the directories of nginx and systemd to lay others over')
class Init(Case):
    """A project that nothing runs: what its unit and the front say is all there is."""
    UNIT = ('[Service]\nUser=daemon\nWorkingDirectory={project}\nEnvironmentFile=-{folder}/env\n'
            'Environment=DJANGO_SETTINGS_MODULE=live\n'
            'ExecStart=/usr/bin/gunicorn --bind unix:/run/shop.sock shop.wsgi\n')
    NGINX = ('user www-data;\nhttp {{ include sites-enabled/*; }}\n',
             'upstream app {{ server unix:/run/other.sock; }}\n'
             'server {{ listen 8080; server_name shop.example www.shop.example; return 301 https://$host; }}\n'
             'server {{ listen 8443 ssl; server_name shop.example www.shop.example;\n'
             '  location /assets/ {{ alias {project}/static/; }}\n  location / {{ proxy_pass http://app; }} }}\n'
             'server {{ listen 443 ssl; server_name elsewhere.example; location /static/ {{ alias /srv/other; }} }}\n')
    SETTINGS = ('import os\nSECRET_KEY = os.environ["SHOP_KEY"]\nALLOWED_HOSTS = ["shop.example"]\n'
                'INSTALLED_APPS = ["django.contrib.staticfiles"]\nSTATIC_URL = "/assets/"\n'
                'STATIC_ROOT = os.path.dirname(os.path.abspath(__file__)) + "/static"\n')

    def setUp(self):
        super().setUp()
        self.folder.chmod(0o755)
        self.project = self.folder / 'shop'
        for place in ('shop/static', 'units', 'nginx/sites-enabled'):
            (self.folder / place).mkdir(parents=True)
        places = {'project': self.project, 'folder': self.folder}
        (self.project / 'manage.py').write_text('# the unit has a say before what stands here\n')
        (self.project / 'live.py').write_text(self.SETTINGS)
        (self.folder / 'env').write_text('SHOP_KEY=' + 'k3y' * 20 + '\n')
        (self.folder / 'units/shop.service').write_text(self.UNIT.format(**places))
        (self.folder / 'nginx/nginx.conf').write_text(self.NGINX[0].format(**places))
        (self.folder / 'nginx/sites-enabled/shop').write_text(self.NGINX[1].format(**places))

    def init(self, *words):
        laid = ('mount --bind "$1" /etc/systemd/system && mount --bind "$2" /etc/nginx && shift 2 && exec "$@"')
        return subprocess.run(['unshare', '-m', 'sh', '-c', laid, 'sh', self.folder / 'units', self.folder / 'nginx',
                               PROGRAM, 'init', *words], cwd='/', capture_output=True, text=True, timeout=60)

    def test_unit_and_front_fill_in_what_nobody_typed(self):
        done = self.init()
        self.assertEqual(done.returncode, 0, done.stderr)
        for line in ('url: https://shop.example', 'hosts: [shop.example, www.shop.example]', 'http_port: 8080',
                     f'project: {self.project}', 'settings: live', 'user: daemon', f'env_file: {self.folder}/env',
                     'backend: unix:/run/shop.sock', f'root: {self.project}/static', 'url: /assets/',
                     'web_user: www-data', 'what shop.service says', 'what nginx.conf says'):
            self.assertIn(line, done.stdout)
        self.assertNotIn('could not be asked', done.stdout)
        self.assertNotIn('elsewhere', done.stdout)
        self.assertNotIn('k3y', done.stdout)
        draft = self.site(done.stdout)
        self.assertEqual(run('validate', draft).returncode, 0)

    def test_what_is_there_is_never_overwritten(self):
        path = self.site('url: https://mine.example\n')
        done = self.init('-o', path)
        self.assertEqual(done.returncode, 2)
        self.assertIn('was left as it is', done.stderr)
        self.assertEqual(path.read_text(), 'url: https://mine.example\n')


class HostileSites(Case):
    """What the site makes of HTTP costs coverage and is told; of other services nothing changes."""
    OK = b'HTTP/1.1 200 OK\r\n'
    MISBEHAVING = {
        'a head without end': saying(OK, b'X-Header: and so on\r\n' * 100),
        'one header without end': saying(OK + b'X: ', b'and on ' * 100),
        'interim answers without end': saying(b'', b'HTTP/1.1 100 Continue\r\n\r\n' * 50),
        'trailers without end': saying(OK + b'Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n', b'X: y\r\n' * 100),
        'two lengths': saying(OK + b'Content-Length: 5\r\nContent-Length: 7\r\n\r\nhello'),
        'a negative length': saying(OK + b'Content-Length: -5\r\n\r\nhello'),
        'a length beyond any number': saying(OK + b'Content-Length: 99999999999999999999\r\n\r\nhello'),
        'no HTTP': saying(b'+PONG\r\n'),
        'a nul among the headers': saying(OK + b'X: a\0b\r\n\r\nhello'),
        'a drip': drip,
    }
    # Odd, but within the rules: nothing is followed, nothing of it is kept in memory.
    HARMLESS = {
        'a body without end': saying(OK + b'\r\n', b'<p>on and on</p>' * 500),
        'a redirect to itself': saying(b'HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n'),
        'a redirect to a file': saying(b'HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n'),
        'a redirect to metadata': saying(b'HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/\r\n'
                                         b'Content-Length: 0\r\n\r\n'),
        'control characters': saying(OK + b'Server: \x1b]0;owned\x07\r\nContent-Length: 2\r\n\r\nok'),
    }

    def audited(self, behave):
        closed = socket.socket()        # bound, and nobody listens
        self.addCleanup(closed.close)
        closed.bind(('127.0.0.1', 0))
        shut = closed.getsockname()[1]
        redis = self.peer(lambda connection: None)      # hangs up: no Redis, and none that is open
        caches = (f'caches:\n  - {{name: away, url: "redis://127.0.0.1:{shut}/0", allow_from: [nobody]}}\n'
                  f'  - {{name: other, url: "redis://127.0.0.1:{redis.port}/0", allow_from: [nobody]}}\n'
                  'vantages: {here: {role: bastion}, nobody: {role: app, ssh: nobody.invalid}}\n')
        few = ('https.well-formed', 'debug.off', 'headers.csp', 'allowed-hosts.unknown-host-rejected', 'caches')
        report = self.report(self.site_of(self.peer(behave), caches), '--from', 'here', '--deadline', '12s',
                             *(word for check in few for word in ('--only', check)))
        self.assertNotIn('\x1b', json.dumps(report, ensure_ascii=False))
        others = {(f['check'], f['subject'].replace(str(redis.port), 'R').replace(str(shut), 'C'), f['status'])
                  for f in report['findings'] if f['subject'].startswith('redis:')}
        return report, others

    def behaviour(self, report):
        return {f['status'] for f in report['findings'] if f['check'] == 'https.well-formed'}

    def test_each_is_told_and_changes_nothing_else(self):
        _, usual = self.audited(answer_pages)
        self.assertIn('pass', {status for _, _, status in usual})
        for name, behave in self.MISBEHAVING.items():
            with self.subTest(name):
                report, others = self.audited(behave)
                self.assertEqual(others, usual)
                self.assertEqual(self.behaviour(report), {'fail'})
                passed = {f['check'] for f in report['findings'] if f['status'] == 'pass'}
                self.assertFalse(passed & {'debug.off', 'headers.csp', 'allowed-hosts.unknown-host-rejected'})

    def test_what_is_only_odd_is_no_fault_of_the_protocol(self):
        _, usual = self.audited(answer_pages)
        for name, behave in self.HARMLESS.items():
            with self.subTest(name):
                report, others = self.audited(behave)
                self.assertEqual(others, usual)
                self.assertEqual(self.behaviour(report), {'pass'})


class Deadlines(Case):
    DEADLINE = 2

    def timed(self, site):
        start = time.monotonic()
        report = self.report(site, '--deadline', f'{self.DEADLINE}s', codes=(1, 3))
        self.assertLess(time.monotonic() - start, self.DEADLINE + PATIENCE)
        self.assertGreater(report['counts']['unknown'], 0)
        # What could not be seen is not said to be well.
        self.assertFalse([f for f in report['findings'] if f['check'] == 'debug.off' and f['status'] == 'pass'])
        return report

    def test_a_peer_that_never_answers(self):
        self.timed(self.site_of(self.peer(stall)))

    def test_a_peer_that_drips(self):
        self.timed(self.site_of(self.peer(drip)))

    def start(self, site, *more):
        process = subprocess.Popen([PROGRAM, 'run', str(site), '--format', 'json', *more], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        return process

    def workers(self, process, peer):
        wait_for(lambda: peer.connections)
        return wait_for(lambda: children_of(process.pid))

    def test_a_worker_that_is_stopped(self):
        peer = self.peer(stall)
        start = time.monotonic()
        process = self.start(self.site_of(peer), '--deadline', f'{self.DEADLINE}s')
        for worker in self.workers(process, peer):
            os.kill(worker, signal.SIGSTOP)
        output, _ = process.communicate(timeout=30)
        self.assertLess(time.monotonic() - start, self.DEADLINE + PATIENCE)
        self.assertGreater(json.loads(output)['counts']['unknown'], 0)

    def test_a_worker_that_is_killed_costs_coverage_only(self):
        peer = self.peer(stall)
        process = self.start(self.site_of(peer), '--deadline', '20s')
        for worker in self.workers(process, peer):
            os.kill(worker, signal.SIGKILL)
        output, errors = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 3, errors)
        report = json.loads(output)
        self.assertEqual(report['counts']['fail'], 0)
        self.assertTrue(any('ended early' in f['summary'] for f in report['findings']))

    def test_a_command_and_its_children_end_with_the_run(self):
        """A command that outlives the deadline is ended by the worker that started it, with all that it started."""
        born = self.folder / 'born'
        command = self.folder / 'python'
        command.write_text(f'#!/bin/sh\ntrap "" TERM\nsleep 300 &\necho $! > {born}\nwait\n')
        command.chmod(0o755)
        user = pwd.getpwuid(os.getuid()).pw_name
        site = self.site_of(self.peer(answer_pages), f'vantages:\n  app1: {{role: app}}\napp:\n  on: [app1]\n'
                            f'  project: {self.folder}\n  python: {command}\n  settings: shop.settings\n  user: {user}\n')
        run('run', site, '--deadline', '5s', '--only', 'debug')
        child = pathlib.Path(f'/proc/{born.read_text().strip()}/comm')
        wait_for(lambda: not child.exists() or child.read_text() != 'sleep\n')

    def test_an_interrupt_ends_it_at_once_and_leaves_nobody_behind(self):
        peer = self.peer(stall)
        process = self.start(self.site_of(peer))
        workers = self.workers(process, peer)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)
        self.assertEqual(process.returncode, 130)
        wait_for(lambda: not any(pathlib.Path(f'/proc/{worker}').exists() for worker in workers))

    def test_a_second_run_of_the_same_site_is_turned_away(self):
        peer = self.peer(stall)
        site = self.site_of(peer)
        locks = dict(os.environ, RUNTIME_DIRECTORY=str(self.folder))
        first = subprocess.Popen([PROGRAM, 'run', str(site)], env=locks, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: peer.connections)
        second = run('run', site, env=locks)
        first.terminate()
        first.wait()
        self.assertEqual(second.returncode, 4)
        self.assertIn(str(first.pid), second.stderr)


    def without_places(self, **places):
        environment = {name: value for name, value in os.environ.items()
                       if name not in ('RUNTIME_DIRECTORY', 'XDG_RUNTIME_DIR', 'STATE_DIRECTORY', 'XDG_STATE_HOME', 'HOME')}
        return dict(environment, **places)

    def test_a_run_without_a_place_for_its_lock_says_so(self):
        loose = self.folder / 'loose'
        loose.mkdir()
        loose.chmod(0o777)
        done = run('run', self.site_of(self.peer(answer_pages)), '--only', 'debug',
                   env=self.without_places(RUNTIME_DIRECTORY=str(loose)))
        self.assertIn('no lock is held', done.stderr)
        self.assertIn('others may write to it', done.stderr)
        self.assertEqual(list(loose.iterdir()), [])

    def test_two_sites_of_one_name_do_not_hold_each_other_up(self):
        peer = self.peer(stall)
        locks = dict(os.environ, RUNTIME_DIRECTORY=str(self.folder))
        first = subprocess.Popen([PROGRAM, 'run', str(self.site_of(peer))], env=locks, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        wait_for(lambda: peer.connections)
        other = self.site(f'site: shop\nurl: http://127.0.0.1:{self.peer(answer_pages).port}\n', 'other.yaml')
        second = run('run', other, '--only', 'debug', env=locks)
        first.terminate()
        first.wait()
        self.assertNotEqual(second.returncode, 4, second.stderr)


class Vantages(Case):
    def test_a_vantage_that_cannot_be_reached_is_unknown_never_a_pass(self):
        peer = self.peer(answer_pages)
        config = self.folder / 'ssh_config'
        config.write_text('Host *\n  Port 9\n  ConnectTimeout 2\n')
        site = self.site_of(peer, 'vantages:\n  bastion: {role: bastion}\n'
                                  f'  app1: {{role: app, ssh: 127.0.0.1, ssh_config: {config}}}\n')
        report = self.report(site, codes=(1, 3))
        vantages = {v['name']: v['status'] for v in report['vantages']}
        self.assertEqual(vantages, {'bastion': 'complete', 'app1': 'unreachable'})
        self.assertEqual({f['status'] for f in report['findings'] if f['vantage'] == 'app1'}, {'unknown'})
        self.assertTrue({f['status'] for f in report['findings'] if f['vantage'] == 'bastion'} >= {'pass'})

    def test_every_only_and_skip_reaches_a_vantage_behind_ssh(self):
        tools = self.folder / 'tools'
        tools.mkdir()
        (tools / 'ssh').write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {self.folder}/words\n')
        (tools / 'ssh').chmod(0o755)
        ids = [check['id'] for check in json.loads(run('checks', '--format', 'json').stdout)]
        only, skip = ids[:30], ids[:20]
        site = self.site_of(self.peer(answer_pages), 'vantages:\n  app1: {role: app, ssh: app1}\n')
        run('run', site, *(word for id in only for word in ('--only', id)),
            *(word for id in skip for word in ('--skip', id)), env=dict(os.environ, PATH=f'{tools}:{os.environ["PATH"]}'))
        words = (self.folder / 'words').read_text().splitlines()
        for option, wanted in (('--only', only), ('--skip', skip)):
            told = [after.strip("'") for word, after in zip(words, words[1:]) if word == option]
            self.assertEqual(told, wanted)

    def test_from_limits_the_vantages(self):
        peer = self.peer(answer_pages)
        site = self.site_of(peer, 'vantages:\n  bastion: {role: bastion}\n  app1: {role: app, ssh: "127.0.0.1"}\n')
        self.assertEqual([v['name'] for v in self.report(site, '--from', 'bastion')['vantages']], ['bastion'])
        self.assertEqual(run('run', site, '--from', 'nobody').returncode, 2)


if __name__ == '__main__':
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
