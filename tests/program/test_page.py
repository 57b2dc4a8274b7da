#!/usr/bin/python3
"""The HTML report in a real browser: Chromium, without a window. Pictures stay in the build folder, to be looked at.

test_page.py PROGRAM WRITE_REPORTS NODE PICTURES      (NODE: where tests/node/install puts its packages)
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

from hostile_site import Reports

HERE = pathlib.Path(__file__).parent
RECORDED = HERE.parent / 'replay' / 'redis-open-to-all'
PROGRAM = WRITE_REPORTS = NODE = PICTURES = None
SKIPPED = 77        # as ctest is told


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pages = {'hostile': Reports(cls, PROGRAM).folder / 'html'}
        folder = cls.pages['hostile'].parent
        cls.pages['recorded'] = folder / 'recorded.html'
        subprocess.run([PROGRAM, 'judge', RECORDED / 'site.yaml', *sorted(RECORDED.glob('*.jsonl')), '--format', 'html', '-o',
                        cls.pages['recorded']], check=False, capture_output=True)
        # Hundreds of findings, and a past.
        cls.pages['many'] = folder / 'many.html'
        subprocess.run([WRITE_REPORTS, 'html', cls.pages['many'], '300'], check=True, capture_output=True)
        looking = {}
        for name, path in cls.pages.items():
            page = folder / f'{name}-page.html'         # Chromium goes by the ending
            shutil.copy(path, page)
            pictures = PICTURES / name
            pictures.mkdir(parents=True, exist_ok=True)
            looking[name] = subprocess.Popen(['node', HERE.parent / 'node' / 'page.mjs', page, pictures], stdout=subprocess.PIPE,
                                             stderr=subprocess.PIPE, text=True, env={**os.environ, 'PF_NODE': str(NODE)})
        cls.seen = {}
        for name, process in looking.items():
            told, problem = process.communicate(timeout=150)
            if process.returncode:
                raise AssertionError(f'{name}: {problem}')
            cls.seen[name] = json.loads(told)

    def each(self):
        yield from self.seen.items()

    def test_nothing_is_asked_of_anybody_and_nothing_is_wrong(self):
        for name, seen in self.each():
            self.assertEqual((name, seen['requests'], seen['errors']), (name, [], []))

    def test_what_somebody_gets_into_the_page_neither_runs_nor_sends(self):
        for name, seen in self.each():
            self.assertEqual((name, seen['injected']), (name, {'ran': [], 'sent': []}))

    def test_no_screen_is_too_narrow(self):
        for name, seen in self.each():
            self.assertEqual(set(seen['widths']), {'light', 'dark', 'phone', 'tablet'})
            for screen, width in seen['widths'].items():
                self.assertLessEqual(width['wide'], width['room'], f'{name}, {screen}')

    def test_every_finding_folds_by_keyboard(self):
        for name, seen in self.each():
            keyboard = seen['keyboard']
            wanted = min(keyboard['all'], 40)
            self.assertGreater(wanted, 0)
            self.assertEqual([keyboard['reached'], keyboard['toggled'], keyboard['outlined']], [wanted] * 3, name)

    def test_axe_finds_no_fault(self):
        for name, seen in self.each():
            for scheme in ('light', 'dark', 'phone'):
                self.assertEqual(seen['axe'][scheme], [], f'{name}, {scheme}')

    def test_on_paper_everything_is_unfolded(self):
        for name, seen in self.each():
            self.assertEqual(seen['paper']['folded'], 0, name)
        if not shutil.which('pdftotext'):
            self.skipTest('pdftotext is not installed')
        text = subprocess.run(['pdftotext', PICTURES / 'recorded' / 'paper.pdf', '-'], check=True, capture_output=True, text=True).stdout
        self.assertIn('caches.only-app-servers', text)
        self.assertIn('static.no-listing', text)        # among the passes, which are folded on a screen


if __name__ == '__main__':
    PROGRAM, WRITE_REPORTS, NODE, PICTURES = (pathlib.Path(word).resolve() for word in sys.argv[1:5])
    del sys.argv[1:5]
    installed = subprocess.run([HERE.parent / 'node' / 'install', NODE], stdout=subprocess.PIPE, text=True)
    if installed.returncode or not pathlib.Path('/usr/bin/chromium').exists():
        print(installed.stdout or 'SKIPPED: there is no /usr/bin/chromium')
        sys.exit(SKIPPED)
    unittest.main()
