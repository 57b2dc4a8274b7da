#!/usr/bin/python3
"""Completions, typed into the shells that they are for.

test_completions.py BUILD
"""
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PAPERS = None
ENOUGH_S = 30       # for a shell on a busy machine; nothing waits that long otherwise


class Shell:
    """An interactive shell on a terminal of its own, where `postflight` says what it was given."""

    def __init__(self, argv, folder, first):
        self.child, self.terminal = pty.fork()
        if self.child == 0:
            os.chdir(folder)
            os.environ.update(TERM='dumb', HOME=str(folder), PS1='', HISTFILE='/dev/null')
            os.execvp(argv[0], argv)
        self.send(first + '\necho re""ady\n')
        self.read_until('ready')

    def send(self, text):
        os.write(self.terminal, text.encode())

    def read_until(self, word):
        said, end = '', time.monotonic() + ENOUGH_S
        while word not in said:
            ready, _, _ = select.select([self.terminal], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise AssertionError(f'{word!r} did not come; this did: {said!r}')
            said += os.read(self.terminal, 65536).decode(errors='replace')
        return said

    def complete(self, typed):
        """What the command is given after a tab."""
        self.send(typed + '\t\n')
        said = self.read_until(']]')
        return re.findall(r'\[\[(.*?)\]\]', said)[-1].split('|')

    def end(self):
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        os.close(self.terminal)


class Completions(unittest.TestCase):
    # What is typed before the tab, and the words that the command is then given.
    TYPED = {
        'postflight expl': ['explain'],
        'postflight explain caches.only-a': ['explain', 'caches.only-app-servers'],
        'postflight run --only databases.hba': ['run', '--only', 'databases.hba-rules'],
        'postflight run --skip logg': ['run', '--skip', 'logging'],
        'postflight run --format sar': ['run', '--format', 'sarif'],
        'postflight run --format=sar': ['run', '--format=sarif'],
        'postflight judge --fail-on crit': ['judge', '--fail-on', 'critical'],
        'postflight judge --color al': ['judge', '--color', 'always'],
        'postflight run --allow-w': ['run', '--allow-writes'],
        'postflight run sho': ['run', 'shop.yaml'],
        'postflight judge shop.yaml evid': ['judge', 'shop.yaml', 'evidence.jsonl'],
        'postflight init --project sr': ['init', '--project', 'src'],
        'postflight run -o rep': ['run', '-o', 'report with blanks.html'],
    }

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        for name in ('shop.yaml', 'shop.txt', 'evidence.jsonl', 'report with blanks.html'):
            (self.folder / name).touch()
        (self.folder / 'src').mkdir()
        (self.folder / 'srv.txt').touch()

    def type_all(self, shell):
        for typed, given in self.TYPED.items():
            with self.subTest(typed):
                got = [word.rstrip('/') for word in shell.complete(typed)]
                self.assertEqual(got, given)

    def test_bash(self):
        shell = Shell(['bash', '--norc', '--noprofile', '-i'], self.folder,
                      f'bind "set enable-bracketed-paste off"; source {PAPERS}/postflight.bash; '
                      'postflight() { local IFS="|"; echo "[""[$*]]"; }')
        self.addCleanup(shell.end)
        self.type_all(shell)

    def test_zsh(self):
        functions = self.folder / 'functions'
        functions.mkdir()
        shutil.copy(PAPERS / '_postflight', functions)
        shell = Shell(['zsh', '-f', '-i'], self.folder,
                      f'fpath=({functions} $fpath); autoload -U compinit; compinit -u -D; '
                      'postflight() { local IFS="|"; echo "[""[$*]]"; }')
        self.addCleanup(shell.end)
        self.type_all(shell)

    def test_fish(self):
        for typed, given in self.TYPED.items():
            with self.subTest(typed):
                done = subprocess.run(['fish', '--no-config', '-c', f'source {PAPERS}/postflight.fish; complete -C "$argv"', typed],
                                      capture_output=True, text=True, cwd=self.folder, env={**os.environ, 'HOME': str(self.folder)})
                offered = [line.partition('\t')[0].rstrip('/') for line in done.stdout.splitlines()]
                self.assertIn(given[-1], [word.replace('\\ ', ' ') for word in offered], done.stderr)
                if typed.endswith('caches.only-a'):
                    self.assertEqual(len(offered), 1)

    def test_every_shell_knows_every_command(self):
        for name in ('postflight.bash', '_postflight', 'postflight.fish'):
            text = (PAPERS / name).read_text()
            for command in ('run', 'judge', 'collect', 'init', 'validate', 'checks', 'explain', 'clean'):
                self.assertRegex(text, rf'\b{command}\b')


if __name__ == '__main__':
    PAPERS = pathlib.Path(sys.argv.pop(1)).resolve() / 'papers'
    unittest.main()
