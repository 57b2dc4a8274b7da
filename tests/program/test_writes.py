#!/usr/bin/python3
"""Reports that cannot be written: a full disk, one that fails, a folder that is read-only, an output that is closed. A report
is complete in its file, or the file is as it was; and what went wrong is told.

test_writes.py PROGRAM
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = None
HERE = pathlib.Path(__file__).parent
RECORDED = HERE.parent / 'replay' / 'redis-open-to-all'
FORMATS = ('text', 'html', 'json', 'jsonl', 'sarif', 'junit', 'prometheus', 'nagios', 'csv', 'markdown', 'changes')
# What each of these prints must arrive, or be told to be lost.
PRINTING = (['--version'], ['--help'], ['run', '--help'], ['checks'], ['checks', '--format', 'json'], ['explain', 'debug.off'],
            ['validate', RECORDED / 'site.yaml'], ['init', 'https://shop.example.com'],
            ['run', 'https://192.0.2.1', '--dry-run'])
WRONG = 2
OLD = 'an earlier report\n'


class Writes(unittest.TestCase):
    def setUp(self):
        places = tempfile.TemporaryDirectory()
        self.addCleanup(places.cleanup)
        self.folder = pathlib.Path(places.name)
        self.environment = {**os.environ, 'RUNTIME_DIRECTORY': places.name, 'STATE_DIRECTORY': places.name, 'LC_ALL': 'C'}

    def call(self, *words, **more):
        return subprocess.run([PROGRAM, *map(str, words)], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                              env=self.environment, timeout=60, **more)

    def judge(self, *words, **more):
        return self.call('judge', RECORDED / 'site.yaml', *sorted(RECORDED.glob('*.jsonl')), *words, **more)

    def outputs(self, folder):
        return [word for name in FORMATS for word in ('--format', name, '-o', folder / f'report.{name}')]

    def assert_told(self, done, *words):
        self.assertEqual(done.returncode, WRONG, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    # ---- standard output ----

    def test_a_full_standard_output_is_told(self):
        for name in FORMATS:
            with self.subTest(name), open('/dev/full', 'w') as full:
                done = self.judge('--format', name, stdout=full)
                # As a plugin it would answer, but its line did not arrive.
                self.assertNotEqual(done.returncode, 0)
                self.assertIn('standard output: cannot write: No space left on device', done.stderr)
        for words in PRINTING:
            with self.subTest(words), open('/dev/full', 'w') as full:
                self.assert_told(self.call(*words, stdout=full), 'standard output: cannot write')

    def test_a_closed_standard_output_is_told(self):
        for words in [['judge', RECORDED / 'site.yaml', RECORDED / 'app1.jsonl'], *PRINTING]:
            with self.subTest(words):
                done = subprocess.run(['sh', '-c', 'exec "$@" >&-', 'sh', PROGRAM, *map(str, words)], stdin=subprocess.DEVNULL,
                                      stderr=subprocess.PIPE, text=True, env=self.environment, timeout=60)
                self.assert_told(done, 'standard output: cannot write')

    def test_a_reader_that_has_gone_is_told(self):
        for words in [['judge', RECORDED / 'site.yaml', RECORDED / 'app1.jsonl'], *PRINTING]:
            with self.subTest(words):
                reading, writing = os.pipe()
                os.close(reading)
                try:
                    self.assert_told(self.call(*words, stdout=writing), 'standard output: cannot write: Broken pipe')
                finally:
                    os.close(writing)

    # ---- files ----

    def test_a_full_device_is_told_for_each_writer(self):
        for name in FORMATS:
            with self.subTest(name):
                done = self.judge('--format', name, '-o', '/dev/full', stdout=subprocess.DEVNULL)
                self.assert_told(done, '/dev/full: cannot write: No space left on device')

    def in_own_mounts(self, script, *words):
        """sh in a mount namespace of its own; skips where that is not allowed."""
        done = subprocess.run(['unshare', '-m', '--propagation', 'private', 'sh', '-euc', script, 'sh', *map(str, words)],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, env=self.environment, timeout=120)
        if 'unshare failed' in done.stderr or 'permission denied' in done.stderr:
            self.skipTest('no file system can be mounted here (not root?)')
        return done

    def test_a_full_disk_leaves_each_old_report_and_nothing_else(self):
        disk = self.folder / 'disk'
        disk.mkdir()
        script = f'''
            mount -t tmpfs -o size=64k none {disk}
            for format in {" ".join(FORMATS)}; do printf '%s' '{OLD}' >{disk}/report.$format; done
            dd if=/dev/zero of={disk}/filler bs=4k 2>/dev/null || true
            "$@" 2>{self.folder}/errors || echo "status $?"
            rm {disk}/filler
            ls -A {disk} | wc -l
            cat {disk}/report.*'''
        done = self.in_own_mounts(script, PROGRAM, 'judge', RECORDED / 'site.yaml', *sorted(RECORDED.glob('*.jsonl')),
                                  *self.outputs(disk))
        self.assertEqual(done.stdout, f'status {WRONG}\n{len(FORMATS)}\n{OLD * len(FORMATS)}', done.stderr)
        errors = (self.folder / 'errors').read_text()
        for name in FORMATS:
            self.assertIn(f'report.{name}: cannot write: No space left on device', errors)

    def test_into_a_read_only_folder_nothing_is_even_asked(self):
        folder = self.folder / 'folder'
        folder.mkdir()
        script = f'''
            mount -t tmpfs -o size=64k none {folder}
            mount -o remount,ro {folder}
            "$@" 2>{self.folder}/errors || echo "status $?"'''
        for name in FORMATS:
            with self.subTest(name):
                done = self.in_own_mounts(script, PROGRAM, 'run', 'https://192.0.2.1', '--format', name, '-o', folder / 'report')
                self.assertEqual(done.stdout, f'status {WRONG}\n', done.stderr)
                errors = (self.folder / 'errors').read_text()
                self.assertIn('Read-only file system; nothing was asked', errors)

    def test_a_disk_that_fails_leaves_the_old_report(self):
        """EIO on the nth write, on fsync, close, rename and create, for every writer."""
        below, above, control = (self.folder / name for name in ('below', 'above', 'control'))
        below.mkdir()
        above.mkdir()
        control.write_text('')
        served = subprocess.Popen(['/usr/bin/python3', HERE / 'failing_fs.py', below, above, control], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(served.wait)
        self.addCleanup(served.stderr.close)
        self.addCleanup(subprocess.run, ['fusermount', '-uz', above], stderr=subprocess.DEVNULL)
        while not os.path.ismount(above):
            if served.poll() is not None:
                self.skipTest(f'no FUSE here: {served.stderr.read().strip()[-200:]}')
            time.sleep(0.01)
        for name in FORMATS:
            path = above / f'report.{name}'
            for order in ('create 1', 'write 1', 'write 2', 'write 5', 'chmod 1', 'fsync 1', 'flush 1', 'rename 1'):
                with self.subTest(name, order=order):
                    control.write_text('')
                    path.write_text(OLD)
                    os.listdir(above)       # so that the order before is seen to have gone
                    control.write_text(order)
                    done = self.judge('--format', name, '-o', path, stdout=subprocess.DEVNULL)
                    control.write_text('')
                    if order[:5] == 'write' and done.returncode != WRONG:
                        self.assertNotEqual(path.read_text(), OLD)      # it needed fewer writes
                        continue
                    self.assert_told(done, f'report.{name}: cannot write: Input/output error')
                    self.assertEqual(path.read_text(), OLD)
                    self.assertEqual(sorted(os.listdir(below)), [path.name])
            path.unlink()

    def test_one_report_that_cannot_be_written_does_not_cost_the_others(self):
        done = self.judge('--format', 'json', '-o', self.folder / 'one', '--format', 'csv', '-o', '/dev/full',
                          '--format', 'markdown', '-o', self.folder / 'three', stdout=subprocess.DEVNULL)
        self.assert_told(done, '/dev/full: cannot write: No space left on device')
        json.loads((self.folder / 'one').read_text())
        self.assertIn('# postflight', (self.folder / 'three').read_text())

    def test_a_site_file_is_written_whole_or_not_at_all(self):
        disk = self.folder / 'disk'
        disk.mkdir()
        script = f'''
            mount -t tmpfs -o size=64k none {disk}
            dd if=/dev/zero of={disk}/filler bs=4k 2>/dev/null || true
            "$@" 2>{self.folder}/errors || echo "status $?"
            ls -A {disk}'''
        done = self.in_own_mounts(script, PROGRAM, 'init', 'https://shop.example.com', '-o', disk / 'site.yaml')
        self.assertEqual(done.stdout, f'status {WRONG}\nfiller\n', done.stderr)
        self.assertIn('No space left on device', (self.folder / 'errors').read_text())


if __name__ == '__main__':
    PROGRAM = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()
