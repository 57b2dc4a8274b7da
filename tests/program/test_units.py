#!/usr/bin/python3
"""What systemd and cron are given: systemd's own verdicts, and that the commands in it are ours.

test_units.py PROGRAM
"""
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

PROGRAM = None
PACKAGING = pathlib.Path(__file__).resolve().parents[2] / 'packaging'
SERVICE, TIMER = PACKAGING / 'systemd/postflight@.service', PACKAGING / 'systemd/postflight@.timer'
MOST_EXPOSED = 20       # of 100: tenths of systemd's own figure


def analyze(*words):
    return subprocess.run(['systemd-analyze', *map(str, words)], capture_output=True, text=True)


class Units(unittest.TestCase):
    def test_the_service_is_hardly_exposed(self):
        done = analyze('security', '--offline=true', f'--threshold={MOST_EXPOSED}', SERVICE)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn('Overall exposure level', done.stdout)

    def test_systemd_has_nothing_to_say_about_them(self):
        done = analyze('verify', '--man=no', SERVICE, TIMER)
        # The program need not be installed where the tests run.
        said = [line for line in done.stderr.splitlines() if 'not executable' not in line]
        self.assertEqual(said, [])

    def test_the_filter_lets_the_program_lock_its_workers_in(self):
        lines = re.findall(r'^SystemCallFilter=(.*)$', SERVICE.read_text(), re.M)
        for call in ('seccomp', 'landlock_create_ruleset', 'landlock_add_rule', 'landlock_restrict_self'):
            self.assertTrue(any(call in line.split() for line in lines), call)

    def test_the_commands_are_understood(self):
        """With a site file that has a mistake: options are read before it is."""
        service = re.search(r'^ExecStart=(.*)$', SERVICE.read_text(), re.M).group(1)
        cron = [line for line in (PACKAGING / 'cron.d/postflight').read_text().splitlines()
                if re.match(r'[0-9*]', line)]
        self.assertEqual(len(cron), 1)
        fields = cron[0].split(None, 6)
        self.assertEqual(fields[5], 'postflight', 'the user')
        with tempfile.TemporaryDirectory() as folder:
            site = pathlib.Path(folder) / 'site.yaml'
            site.write_text('no-such-key: 1\n')
            for command in (service, fields[6]):
                words = [re.sub(r'^/etc/postflight/.*', str(site), re.sub(r'^/var/lib/postflight/', f'{folder}/', word))
                         for word in shlex.split(command)]
                self.assertEqual(words[0], 'postflight')
                done = subprocess.run([PROGRAM, *words[1:]], capture_output=True, text=True, stdin=subprocess.DEVNULL)
                self.assertEqual(done.returncode, 2)
                self.assertIn('no-such-key', done.stderr)


if __name__ == '__main__':
    PROGRAM = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()
