#!/usr/bin/python3
"""What outlives an audit: history, comparison, baseline, verification, incidents.

test_past.py PROGRAM
"""
import http.server
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest

PROGRAM = None
PLACES = tempfile.TemporaryDirectory()
os.environ['RUNTIME_DIRECTORY'] = PLACES.name


class Shop(http.server.BaseHTTPRequestHandler):
    """A site whose faults are switches of its server."""
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        host = (self.headers.get('Host') or '').partition(':')[0]
        if not host.startswith('127.0.0.1') or self.path.partition('?')[0] not in ('/', '/.env'):
            return self.answer(404, b'<h1>Not Found</h1>')
        if self.path.startswith('/.env'):
            if self.server.leaks:
                return self.answer(200, b'SECRET_KEY=abcdefghijklmnopqrstuvwxyz0123456789\nDATABASE_URL=x\n', 'text/plain')
            return self.answer(404, b'<h1>Not Found</h1>')
        return self.answer(200, b'<!doctype html><title>Shop</title><h1>Shop</h1>')

    do_HEAD = do_POST = do_GET

    def answer(self, status, page, kind='text/html'):
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(page)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(page)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 200
    leaks = False


class Case(unittest.TestCase):
    def setUp(self):
        began = time.monotonic()
        if os.environ.get('TELL_TIMES'):
            self.addCleanup(lambda: print(self.id(), round(time.monotonic() - began, 1), file=sys.stderr))
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.shop = Server(('127.0.0.1', 0), Shop)
        threading.Thread(target=self.shop.serve_forever, daemon=True).start()
        self.addCleanup(self.shop.server_close)
        self.addCleanup(self.shop.shutdown)
        port = self.shop.server_address[1]
        self.site = self.folder / 'site.yaml'
        self.site.write_text(f'site: shop\nurl: http://127.0.0.1:{port}\nhttp_port: {port}\n')
        self.history = self.folder / 'state/history.db'
        self.environment = dict(os.environ, STATE_DIRECTORY=str(self.folder / 'state'))

    def run_it(self, *arguments, codes=(0, 1, 3), **options):
        done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=120,
                              stdin=subprocess.DEVNULL, env=self.environment, cwd=self.folder, **options)
        self.assertIn(done.returncode, codes, done.stdout + done.stderr)
        return done

    def audit(self, *more, codes=(0, 1, 3)):
        """Of files that must not be there: quick, and with one fault to switch."""
        return self.run_it('run', self.site, '--only', 'exposure.files', *more, codes=codes)

    def report(self, *more):
        return json.loads(self.audit('--format', 'json', *more).stdout)


class History(Case):
    def test_an_audit_is_kept_and_the_next_one_says_what_changed(self):
        self.audit()
        self.shop.leaks = True
        text = self.audit(codes=(1,)).stdout
        self.assertRegex(text, r'since +the audit of .*: [1-9]\d* new, 0 mended, 0 still open')
        self.shop.leaks = False
        self.assertRegex(self.audit(codes=(0,)).stdout, r'0 new, [1-9]\d* mended')
        listed = self.run_it('history', self.site, codes=(0,)).stdout
        self.assertRegex(listed, r'(?m)^ +1 .*\n +2 .* new \(only exposure.files\)\n +3 .* mended')
        told = json.loads(self.run_it('history', self.site, '--format', 'json', codes=(0,)).stdout)
        self.assertEqual([audit['audit'] for audit in told], [1, 2, 3])
        self.assertGreater(told[1]['new'], 0)

    def test_reports_show_the_trend(self):
        for _ in range(2):
            self.audit()
        page = self.audit('--format', 'html').stdout
        self.assertIn('<svg class="trend"', page)

    def test_audits_of_another_scope_are_not_what_is_compared_with(self):
        self.audit()
        text = self.run_it('run', self.site, '--only', 'runserver').stdout
        self.assertNotIn('since ', text)

    def test_without_a_store_nothing_is_kept(self):
        self.audit('--store', 'none')
        self.assertFalse(self.history.exists())
        self.assertEqual(self.run_it('history', self.site, codes=(2,)).stdout, '')

    def test_the_site_file_says_where_the_history_is(self):
        place = self.folder / 'elsewhere.db'
        self.site.write_text(self.site.read_text() + f'history: {place}\n')
        self.audit()
        self.assertTrue(place.exists())
        self.assertFalse(self.history.exists())
        self.assertIn(str(place), self.run_it('history', self.site, codes=(0,)).stdout)

    def test_a_broken_history_stops_no_audit_and_is_told(self):
        self.history.parent.mkdir()
        self.history.write_bytes(b'SQLite format 3\0' + b'x' * 5000)
        report = self.report()
        self.assertGreater(report['counts']['pass'], 0)
        self.assertTrue(any('history is not available' in notice for notice in report['notices']), report['notices'])
        self.assertEqual(self.history.read_bytes()[16:20], b'xxxx', 'it was left alone')

    def test_a_locked_history_stops_no_audit(self):
        self.audit()
        holder = sqlite3.connect(self.history, isolation_level=None)
        self.addCleanup(holder.close)
        holder.execute('BEGIN EXCLUSIVE')
        self.assertTrue(any('locked' in notice for notice in self.report()['notices']))

    def test_a_state_directory_that_cannot_be_written_stops_no_audit(self):
        (self.folder / 'state').write_text('a file')
        self.assertTrue(any('history is not available' in notice for notice in self.report()['notices']))

    def test_foreign_text_in_the_history_does_not_reach_the_terminal(self):
        self.audit()
        with sqlite3.connect(self.history) as database:
            database.execute("UPDATE postflight_audits SET scope = 'x\x1b[2J\u202ey'")
            database.execute("UPDATE postflight_subjects SET subject = 'x\x1b]0;z\x07'")
        for done in (self.run_it('history', self.site, codes=(0,)), self.run_it('diff', '1', '1', codes=(0, 1))):
            self.assertNotIn('\x1b', done.stdout)
            self.assertNotIn('\u202e', done.stdout)


class Changes(Case):
    def test_nothing_is_printed_when_nothing_changed(self):
        self.assertIn('SCORE', self.audit('--format', 'changes', '-q').stdout)
        done = self.audit('--format', 'changes', '-q')
        self.assertEqual((done.stdout, done.stderr), ('', ''))
        self.shop.leaks = True
        text = self.audit('--format', 'changes', '-q').stdout
        self.assertIn('exposure.files (critical)', text)
        self.assertRegex(text, r'^changed  shop: score \d+ \(was 100\)')
        self.assertLess(len(text.splitlines()), 60)
        done = self.audit('--format', 'changes', '-q', codes=(1,))
        self.assertEqual((done.stdout, done.stderr), ('', ''))


class Baseline(Case):
    def test_what_the_baseline_knows_fails_no_run(self):
        self.shop.leaks = True
        known = self.folder / 'known.json'
        self.audit('--format', 'json', '-o', known, codes=(1,))
        report = json.loads(self.audit('--baseline', known, '--format', 'json', codes=(0,)).stdout)
        failing = [finding for finding in report['findings'] if finding['status'] == 'fail']
        self.assertTrue(failing and all(finding['known'] for finding in failing))
        self.audit('--baseline', 'last', codes=(0,))
        self.audit(codes=(1,))

    def test_what_is_new_fails(self):
        known = self.folder / 'known.json'
        self.audit('--format', 'json', '-o', known, codes=(0,))
        self.shop.leaks = True
        self.audit('--baseline', known, codes=(1,))

    def test_an_old_baseline_counts_no_more(self):
        self.shop.leaks = True
        known = self.folder / 'known.json'
        self.audit('--format', 'json', '-o', known, codes=(1,))
        report = json.loads(known.read_text())
        for days, code, word in ((70, 0, 'counts until'), (100, 1, 'counts no more')):
            then = time.gmtime(time.time() - days * 86400)
            report['started_at'] = time.strftime('%Y-%m-%dT%H:%M:%SZ', then)
            known.write_text(json.dumps(report))
            done = self.audit('--baseline', known, codes=(code,))
            self.assertIn(word, ' '.join(done.stdout.split()))

    def test_the_first_audit_has_no_last_one(self):
        self.shop.leaks = True
        self.assertIn('no earlier audit', self.audit('--baseline', 'last', codes=(1,)).stdout)

    def test_a_file_that_is_no_report_is_a_mistake(self):
        (self.folder / 'x').write_text('x')
        for name in ('x', 'none', '.', '/dev/zero'):
            self.assertIn('postflight: ', self.audit('--baseline', name, codes=(2,)).stderr)

    def test_judge_takes_a_file_and_no_history(self):
        evidence = self.folder / 'evidence.jsonl'
        evidence.write_text(self.run_it('collect', self.site, '--as', 'bastion', '--only', 'exposure.files').stdout)
        self.run_it('judge', self.site, evidence, '--baseline', 'last', codes=(2,))
        self.run_it('judge', self.site, evidence, '--only', 'exposure.files', codes=(0,))


class Settling(Case):
    def test_a_deployment_is_waited_for(self):
        self.shop.leaks = True
        threading.Timer(4, setattr, (self.shop, 'leaks', False)).start()
        done = self.audit('--retry-timeout', '60s', codes=(0,))
        self.assertIn('not settled yet', done.stderr)
        self.assertEqual(len(json.loads(self.run_it('history', self.site, '--format', 'json').stdout)), 1,
                         'only the last audit counts')

    def test_a_signal_ends_the_waiting(self):
        self.shop.leaks = True
        process = subprocess.Popen([PROGRAM, 'run', str(self.site), '--only', 'exposure.files', '--retry-timeout', '5m'],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment)
        for line in process.stderr:
            if 'not settled yet' in line:
                break
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=20)
        self.assertEqual((process.returncode, out), (128 + signal.SIGTERM, ''))


class Comparison(Case):
    def test_reports_and_stored_audits_compare(self):
        self.audit('--format', 'json', '-o', self.folder / 'a.json')
        self.shop.leaks = True
        self.audit('--format', 'json', '-o', self.folder / 'b.json')
        for names in (('1', '2'), ('a.json', 'b.json'), ('1', 'b.json')):
            done = self.run_it('diff', *names, codes=(1,))
            self.assertRegex(done.stdout, r'NEW +[1-9]')
            self.assertIn('exposure.files', done.stdout)
        told = json.loads(self.run_it('diff', '2', '1', '--format', 'json', codes=(0,)).stdout)
        self.assertTrue(told['mended'] and not told['new'] and not told['open'])
        self.run_it('diff', '1', '1', codes=(0,))
        self.run_it('diff', '1', '9', codes=(2,))
        self.run_it('diff', 'a.json', 'none.json', codes=(2,))

    def test_a_closed_pipe_and_a_full_disk_are_errors(self):
        self.audit()
        with open('/dev/full', 'w') as full:
            for words in (['diff', '1', '1'], ['history', self.site], ['verify']):
                done = subprocess.run([PROGRAM, *map(str, words)], stdout=full, stderr=subprocess.PIPE, text=True,
                                      env=self.environment)
                self.assertEqual(done.returncode, 2, words)
                self.assertIn('standard output', done.stderr)


class Verification(Case):
    def test_a_history_that_was_altered_is_seen(self):
        self.audit()
        self.shop.leaks = True
        self.audit()
        self.assertIn('2 audits', self.run_it('verify', codes=(0,)).stdout)
        with sqlite3.connect(self.history) as database:
            database.execute('UPDATE postflight_verdicts SET status = 0')
        self.assertIn('audit 2 was altered', self.run_it('verify', codes=(1,)).stdout)

    def test_a_report_that_was_altered_is_seen(self):
        path = self.folder / 'a.json'
        self.shop.leaks = True
        self.audit('--format', 'json', '-o', path)
        self.assertIn('It is audit 1', self.run_it('verify', path, codes=(0,)).stdout)
        text = path.read_text()
        path.write_text(json.dumps(json.loads(text), indent=1))
        self.assertIn('intact', self.run_it('verify', path, codes=(0,)).stdout, 'another layout is no other report')
        path.write_text(text.replace('"status":"fail"', '"status":"pass"', 1))
        self.assertIn('ALTERED', self.run_it('verify', path, codes=(1,)).stdout)
        path.write_text('[]')
        self.run_it('verify', path, codes=(2,))

    def transcript(self, *more):
        path = self.folder / 'incident.jsonl'
        done = self.run_it('incident', self.site, '-o', path, *more)
        return path, done

    def test_an_incident_keeps_a_sealed_transcript_that_can_be_judged_again(self):
        self.run_it('run', self.site)
        self.shop.leaks = True
        path, done = self.transcript()
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertRegex(done.stdout, r'CHANGED since audit 1 of [\d: -]+\n\nNEW +[1-9]')
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertIn('intact', self.run_it('verify', path, codes=(0,)).stdout)
        again = json.loads(self.run_it('judge', self.site, path, '--only', 'exposure.files', '--format', 'json',
                                       codes=(1,)).stdout)
        self.assertGreater(again['counts']['fail'], 0)
        self.assertEqual(again['vantages'][0]['status'], 'complete')
        lines = path.read_text().splitlines(keepends=True)
        for altered in (lines[:3] + lines[4:], lines[:2] + [lines[3], lines[2]] + lines[4:],
                        [line.replace('"answered"', '"refused"') for line in lines], lines[:4] + ['{}\n'] + lines[4:]):
            path.write_text(''.join(altered))
            self.assertIn('ALTERED', self.run_it('verify', path, codes=(1,)).stdout)

    def test_an_incident_writes_over_nothing(self):
        path = self.folder / 'incident.jsonl'
        path.write_text('mine')
        done = self.run_it('incident', self.site, '-o', path, codes=(2,))
        self.assertIn('nothing was asked', done.stderr)
        self.assertEqual(path.read_text(), 'mine')

    def test_an_incident_needs_no_history(self):
        _, done = self.transcript()
        self.assertIn('no earlier audit', done.stdout)
        self.assertFalse(self.history.exists(), 'it only reads')

    def test_a_transcript_is_signed_by_an_ssh_key(self):
        key = self.folder / 'key'
        subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key], check=True)
        signers, others = self.folder / 'signers', self.folder / 'others'
        signers.write_text('ops@example.com ' + (self.folder / 'key.pub').read_text())
        path, done = self.transcript('--sign-key', key)
        self.assertIn('incident.jsonl.sig', done.stdout)
        self.assertIn('by a key that counts', self.run_it('verify', path, '--signers', signers, codes=(0,)).stdout)
        self.assertIn('--signers', self.run_it('verify', path, codes=(0,)).stdout)
        subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', self.folder / 'other'], check=True)
        others.write_text('ops@example.com ' + (self.folder / 'other.pub').read_text())
        self.assertIn('not good', self.run_it('verify', path, '--signers', others, codes=(1,)).stdout)
        path.with_suffix('.jsonl.sig').unlink()
        self.assertIn('no signature', self.run_it('verify', path, '--signers', signers, codes=(1,)).stdout)

    def test_a_transcript_is_signed_by_a_minisign_key(self):
        if not shutil.which('minisign'):
            self.fail('minisign is missing: packaging/install-packages test')
        key, public = self.folder / 'key', self.folder / 'key.pub'
        subprocess.run(['minisign', '-G', '-W', '-s', key, '-p', public], check=True, stdout=subprocess.DEVNULL)
        path, _ = self.transcript('--sign-key', key)
        self.assertIn('by a key that counts', self.run_it('verify', path, '--signers', public, codes=(0,)).stdout)
        path.with_suffix('.jsonl.minisig').write_text('untrusted comment: x\nRWQ\n')
        self.run_it('verify', path, '--signers', public, codes=(1,))


class Cluster:
    """A PostgreSQL of the test's own, on a socket in a folder of its own."""

    def __init__(self, folder):
        self.folder, self.user = pathlib.Path(folder), pwd.getpwnam('postgres')
        programs = max(pathlib.Path('/usr/lib/postgresql').glob('*/bin'), key=lambda path: int(path.parts[4]))
        os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        self.call([programs / 'initdb', '-D', self.folder / 'data', '-A', 'trust', '-U', 'postgres', '--no-sync'])
        self.server = subprocess.Popen(
            [programs / 'postgres', '-D', self.folder / 'data', '-k', self.folder, '-c', 'listen_addresses=',
             '-c', 'fsync=off'], user=self.user.pw_uid, group=self.user.pw_gid, extra_groups=[], cwd='/',
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if subprocess.run([programs / 'pg_isready', '-h', self.folder], stdout=subprocess.DEVNULL).returncode == 0:
                return
            time.sleep(0.05)
        raise RuntimeError('PostgreSQL does not start')

    def call(self, words):
        subprocess.run(words, user=self.user.pw_uid, group=self.user.pw_gid, extra_groups=[], cwd='/', check=True,
                       stdout=subprocess.DEVNULL)

    def sql(self, statement):
        done = subprocess.run(['psql', '-X', '-A', '-t', '-h', self.folder, '-U', 'postgres', '-c', statement],
                              capture_output=True, text=True, check=True, cwd='/')
        return done.stdout.strip()

    def end(self):
        self.server.send_signal(signal.SIGINT)
        self.server.wait(20)


@unittest.skipUnless(os.geteuid() == 0, 'SKIPPED: PostgreSQL does not run as root, and only root can become another')
class InPostgresql(Case):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory()
        os.chmod(cls.place.name, 0o755)
        cls.cluster = Cluster(cls.place.name)

    @classmethod
    def tearDownClass(cls):
        cls.cluster.end()
        cls.place.cleanup()

    def setUp(self):
        super().setUp()
        name = self.id().rpartition('.')[2][:40]
        self.cluster.sql(f'CREATE DATABASE {name}')
        self.url = f'postgresql:///{name}?host={self.place.name}&user=postgres'

    def test_it_is_the_same_history(self):
        self.audit('--store', self.url)
        self.shop.leaks = True
        text = self.audit('--store', self.url).stdout
        self.assertRegex(text, r'since +the audit of .*: [1-9]\d* new')
        listed = json.loads(self.run_it('history', self.site, '--store', self.url, '--format', 'json', codes=(0,)).stdout)
        self.assertEqual([audit['audit'] for audit in listed], [1, 2])
        self.assertRegex(self.run_it('diff', '1', '2', '--store', self.url, codes=(1,)).stdout, r'NEW +[1-9]')
        self.assertIn('2 audits', self.run_it('verify', '--store', self.url, codes=(0,)).stdout)
        self.assertFalse(self.history.exists())
        kept = sqlite3.connect(self.folder / 'same.db')
        self.audit('--store', self.folder / 'same.db')
        columns = [row[1] for row in kept.execute('PRAGMA table_info(postflight_audits)')]
        kept.close()
        self.assertEqual(columns, subprocess.run(
            ['psql', '-X', '-A', '-t', self.url, '-c', "SELECT column_name FROM information_schema.columns WHERE "
             "table_name = 'postflight_audits' ORDER BY ordinal_position"], capture_output=True, text=True).stdout.split())

    def test_what_was_altered_there_is_seen(self):
        self.audit('--store', self.url)
        subprocess.run(['psql', '-X', '-q', self.url, '-c', 'UPDATE postflight_verdicts SET status = 2'], check=True)
        self.assertIn('audit 1 was altered', self.run_it('verify', '--store', self.url, codes=(1,)).stdout)

    def test_a_database_that_is_not_there_stops_no_audit(self):
        for url in (self.url.replace('test_a', 'none'), 'postgresql://127.0.0.1:9/x'):
            notices = self.report('--store', url)['notices']
            self.assertTrue(any('history is not available' in notice for notice in notices), notices)

    def test_a_lock_that_is_not_given_back_stops_no_audit(self):
        self.audit('--store', self.url)
        holder = subprocess.Popen(['psql', '-X', '-q', self.url, '-c', 'BEGIN; LOCK TABLE postflight_audits; SELECT pg_sleep(60)'],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(1)
        try:
            notices = self.report('--store', self.url)['notices']
        finally:
            holder.kill()
            holder.wait()
        self.assertTrue(any('history is not available' in notice for notice in notices), notices)

    def test_a_server_that_says_nothing_stops_no_audit(self):
        silent = socket.socket()
        self.addCleanup(silent.close)
        silent.bind(('127.0.0.1', 0))
        silent.listen(5)
        notices = self.report('--store', f'postgresql://127.0.0.1:{silent.getsockname()[1]}/x')['notices']
        self.assertTrue(any('in time' in notice for notice in notices), notices)


if __name__ == '__main__':
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
