#!/usr/bin/python3
"""Reports, held against what others say such a file is: OASIS's schema of SARIF, XML Schema, Prometheus and node_exporter, the
rules of monitoring plugins.

test_readers.py PROGRAM NODE      (NODE: where tests/node/install puts its packages)
"""
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time
import unittest
import urllib.request

from hostile_site import Reports

HERE = pathlib.Path(__file__).parent
REPLAY = HERE.parent / 'replay'
SCHEMA = HERE.parent.parent / 'packaging' / 'schema' / 'postflight.report.1.json'
PROGRAM = NODE = NO_NODE = None
SKIPPED = 77        # as ctest is told
FORMATS = ('json', 'jsonl', 'sarif', 'junit', 'prometheus', 'nagios')


class Readers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        hostile = Reports(cls, PROGRAM)
        cls.folder = hostile.folder
        cls.files = {name: [hostile.folder / name] for name in FORMATS}
        for recorded in sorted(path.parent for path in REPLAY.glob('*/site.yaml')):
            words = []
            for name in FORMATS:
                path = cls.folder / f'{recorded.name}.{"prom" if name == "prometheus" else name}'
                cls.files[name].append(path)
                words += ['--format', name, '-o', path]
            subprocess.run([PROGRAM, 'judge', recorded / 'site.yaml', *sorted(recorded.glob('*.jsonl')), *words], check=False,
                           capture_output=True)

    def need(self, program):
        if not shutil.which(program):
            self.skipTest(f'{program} is not installed')

    def each(self, name):
        self.assertGreater(len(self.files[name]), 2)
        yield from self.files[name]

    def validate(self, schema, *paths):
        if NO_NODE:
            self.skipTest(NO_NODE)
        done = subprocess.run(['node', HERE.parent / 'node' / 'validate.mjs', schema, *paths], capture_output=True, text=True,
                              env={**os.environ, 'PF_NODE': str(NODE)})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_sarif_is_as_oasis_has_it(self):
        schema = NODE / 'node_modules' / '@microsoft' / 'jest-sarif' / 'lib' / 'schemas' / 'sarif-2.1.0-rtm.5.json'
        self.validate(schema, *self.files['sarif'])

    def test_a_sarif_with_a_fault_would_be_found(self):
        schema = NODE / 'node_modules' / '@microsoft' / 'jest-sarif' / 'lib' / 'schemas' / 'sarif-2.1.0-rtm.5.json'
        log = json.loads(self.files['sarif'][0].read_text())
        log['runs'][0]['score'] = 1
        path = self.folder / 'faulty.sarif'
        path.write_text(json.dumps(log))
        with self.assertRaisesRegex(AssertionError, 'must NOT have additional properties'):
            self.validate(schema, path)

    def test_sarif_stays_below_what_code_scanning_takes(self):
        for path in self.each('sarif'):
            run = json.loads(path.read_text())['runs'][0]
            self.assertLessEqual(len(run['results']), 25000)
            for rule in run['tool']['driver']['rules']:
                self.assertLessEqual(len(rule['properties']['tags']), 20)
                self.assertTrue(0 < float(rule['properties']['security-severity']) <= 10)
            for result in run['results']:
                self.assertEqual(len(result['locations']), 1)
                self.assertFalse(result['message']['text'].startswith('/'))

    def test_the_json_report_is_as_its_own_schema_has_it(self):
        self.validate(SCHEMA, *self.files['json'])

    def test_junit_is_as_its_schema_has_it(self):
        for path in self.each('junit'):
            done = subprocess.run(['xmllint', '--noout', '--schema', HERE / 'junit.xsd', path], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_promtool_has_nothing_to_say(self):
        self.need('promtool')
        for path in self.each('prometheus'):
            with open(path) as file:
                done = subprocess.run(['promtool', 'check', 'metrics'], stdin=file, capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ''))

    def test_node_exporter_hands_on_what_several_sites_wrote(self):
        self.need('prometheus-node-exporter')
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            port = free.getsockname()[1]
        textfiles = self.folder / 'textfiles'
        textfiles.mkdir()
        for path in self.files['prometheus'][1:2]:
            shutil.copy(path, textfiles / 'shop.prom')
        shutil.copy(self.files['prometheus'][0], textfiles / 'other.prom')
        text = (textfiles / 'other.prom').read_text().replace('site="shop"', 'site="other"')
        (textfiles / 'other.prom').write_text(text)
        exporter = subprocess.Popen(['prometheus-node-exporter', '--collector.disable-defaults', '--collector.textfile',
                                     f'--collector.textfile.directory={textfiles}', f'--web.listen-address=127.0.0.1:{port}'],
                                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(exporter.stderr.close)
        self.addCleanup(exporter.wait)
        self.addCleanup(exporter.kill)
        said = None
        for _ in range(200):
            try:
                with urllib.request.urlopen(f'http://127.0.0.1:{port}/metrics') as answer:
                    said = answer.read().decode()
                break
            except OSError:
                time.sleep(0.05)
        self.assertIsNotNone(said, 'node_exporter did not come up')
        self.assertIn('node_textfile_scrape_error 0', said)
        for site in ('shop', 'other'):
            self.assertRegex(said, rf'(?m)^postflight_up{{site="{site}"}} 1$')
        def samples(text):
            return {line.split(' ')[0] for line in text.splitlines() if line.startswith('postflight_')}
        wrote = (textfiles / 'shop.prom').read_text()
        # node_exporter sorts labels by name.
        for line in samples(wrote):
            name, _, labels = line.partition('{')
            labels = ','.join(sorted(re.findall(r'\w+="[^"]*"', labels)))
            self.assertIn(f'{name}{{{labels}}}', said)

    def test_a_monitoring_plugin_can_be_turned_round(self):
        negate = pathlib.Path('/usr/lib/nagios/plugins/negate')
        if not negate.exists():
            self.skipTest('monitoring-plugins-basic is not installed')
        for recorded in sorted(path.parent for path in REPLAY.glob('*/site.yaml')):
            words = [PROGRAM, 'judge', recorded / 'site.yaml', *sorted(recorded.glob('*.jsonl')), '--format', 'nagios']
            alone = subprocess.run(words, capture_output=True, text=True)
            self.assertIn(alone.returncode, (0, 1, 2))
            state = ('OK', 'WARNING', 'CRITICAL')[alone.returncode]
            self.assertTrue(alone.stdout.startswith(f'POSTFLIGHT {state}: '), alone.stdout)
            turned = subprocess.run([negate, '-s', f'--{state.lower()}=UNKNOWN', *words], capture_output=True, text=True)
            self.assertEqual(turned.returncode, 3, turned.stdout)
            self.assertTrue(turned.stdout.startswith('POSTFLIGHT UNKNOWN: '), turned.stdout)

    def test_plugin_output_is_as_the_guidelines_have_it(self):
        """https://www.monitoring-plugins.org/doc/guidelines.html, "Plugin Output" and "Performance data"."""
        value = r'(U|-?[0-9.]+(s|us|ms|%|B|KB|MB|TB|c)?)'
        limit = r'(@?(~|-?[0-9.]*)?:?-?[0-9.]*)?'
        for path in self.each('nagios'):
            text = path.read_text()
            self.assertLess(len(text), 8192)
            first, _, figures = text.partition('|')
            self.assertEqual(text.count('\n'), 1)
            self.assertEqual(text.count('|'), 1)
            self.assertRegex(first, r'^POSTFLIGHT (OK|WARNING|CRITICAL|UNKNOWN): ')
            labels = []
            for figure in figures.split():
                self.assertRegex(figure, rf"^[^='\s]+={value}(;{limit}){{0,2}}(;-?[0-9.]*){{0,2}}$")
                labels.append(figure.partition('=')[0])
            self.assertEqual(len(labels), len(set(labels)))


if __name__ == '__main__':
    PROGRAM, NODE = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
    del sys.argv[1:3]
    installed = subprocess.run([HERE.parent / 'node' / 'install', NODE], stdout=subprocess.PIPE, text=True)
    NO_NODE = installed.stdout.strip().removeprefix('SKIPPED: ') if installed.returncode else None
    run = unittest.main(exit=False).result
    for test, why in run.skipped:
        print(f'SKIPPED: {test}: {why}')
    sys.exit(1 if not run.wasSuccessful() else SKIPPED if run.skipped else 0)
