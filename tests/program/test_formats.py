#!/usr/bin/python3
"""Every format, read by a reader that is not ours, of a site that puts what it can into the report.

test_formats.py PROGRAM
"""
import csv
import html.parser
import io
import json
import pathlib
import re
import subprocess
import sys
import unittest
import xml.etree.ElementTree

from hostile_site import FORMATS, Reports

PROGRAM = None


class Page(html.parser.HTMLParser):
    """What an HTML page is made of."""
    EMPTY = {'meta', 'rect'}

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.attributes, self.words, self.wrong = set(), [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes += [(tag, name, value) for name, value in attributes]
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes += [(tag, name, value) for name, value in attributes]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        self.words.append(data)


class Formats(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        reports = Reports(cls, PROGRAM)
        cls.folder, cls.site, cls.port = reports.folder, reports.site, reports.port
        cls.report, cls.findings = reports.report, reports.findings

    def read(self, name):
        text = (self.folder / name).read_bytes().decode('utf-8', 'strict')
        self.assertNotIn('\x1b', text)
        self.assertNotIn('\u202e', text)
        return text

    def count(self, *statuses):
        return sum(finding['status'] in statuses for finding in self.findings)

    def test_the_site_did_its_worst(self):
        self.assertTrue(any('<script>' in finding['summary'] for finding in self.findings))
        for status in ('fail', 'unknown', 'pass', 'waived'):
            self.assertGreater(self.count(status), 0, status)

    def test_jsonl_is_the_json_report_line_by_line(self):
        first, *rest = map(json.loads, self.read('jsonl').splitlines())
        whole = {key: value for key, value in self.report.items() if key != 'findings'}
        self.assertEqual(first, {'type': 'audit', **whole})
        self.assertEqual(rest, [{'type': 'finding', **finding} for finding in self.findings])

    def test_csv_has_a_row_a_finding_and_no_formula(self):
        rows = list(csv.DictReader(io.StringIO(self.read('csv'), newline=''), strict=True))
        self.assertEqual([row['summary'].removeprefix("'") for row in rows],
                         [finding['summary'] for finding in self.findings])
        for row in rows:
            for cell in row.values():
                self.assertFalse(cell[:1] in tuple('=+-@'), cell)

    def test_sarif_has_what_code_scanning_asks_for(self):
        log = json.loads(self.read('sarif'))
        self.assertEqual((log['version'], len(log['runs'])), ('2.1.0', 1))
        self.assertIn('sarif-2.1.0', log['$schema'])
        run = log['runs'][0]
        rules = run['tool']['driver']['rules']
        shown = [finding for finding in self.findings if finding['status'] in ('fail', 'unknown', 'waived')]
        self.assertEqual(len(run['results']), len(shown))
        self.assertEqual(len(rules), len({rule['id'] for rule in rules}))
        for rule in rules:
            for name in ('shortDescription', 'fullDescription', 'help'):
                self.assertTrue(rule[name]['text'])
            self.assertLessEqual(len(rule['fullDescription']['text']), 1024)
            self.assertIsInstance(rule['properties']['security-severity'], str)
        lines = self.site.read_text().splitlines()
        for result, finding in zip(run['results'], shown):
            self.assertEqual(result['ruleId'], finding['check'])
            self.assertEqual(rules[result['ruleIndex']]['id'], finding['check'])
            self.assertEqual(result['kind'] == 'fail', result['level'] != 'none')
            self.assertEqual('suppressions' in result, finding['status'] == 'waived')
            place, = (where['physicalLocation'] for where in result['locations'])
            self.assertEqual(place['artifactLocation']['uri'], str(self.site))
            self.assertTrue(1 <= place['region']['startLine'] <= len(lines))
            self.assertTrue(result['partialFingerprints']['primaryLocationLineHash'])
        at_server = [result for result in run['results'] if f'127.0.0.1:{self.port} ' in result['message']['text']]
        self.assertTrue(at_server)
        for result in at_server:
            line = result['locations'][0]['physicalLocation']['region']['startLine']
            self.assertIn(f'127.0.0.1:{self.port}', lines[line - 1])

    def test_junit_counts_what_there_is(self):
        path = self.folder / 'junit'
        self.read('junit')
        subprocess.run(['xmllint', '--noout', path], check=True)
        root = xml.etree.ElementTree.parse(path).getroot()
        self.assertEqual(root.tag, 'testsuites')
        wanted = {'tests': len(self.findings), 'failures': self.count('fail'), 'errors': self.count('unknown'),
                  'skipped': self.count('skip', 'waived')}
        for name, number in wanted.items():
            self.assertEqual(int(root.get(name)), number, name)
            self.assertEqual(sum(int(suite.get(name)) for suite in root), number, name)
        self.assertEqual(len(root.findall('.//testcase')), len(self.findings))
        self.assertEqual(len(root.findall('.//failure')), self.count('fail'))
        self.assertEqual(len(root.findall('.//error')), self.count('unknown'))
        names = [(case.get('classname'), case.get('name')) for case in root.iter('testcase')]
        self.assertEqual(len(names), len(set(names)))

    def test_prometheus_is_read_by_its_own_parser(self):
        from prometheus_client.parser import text_string_to_metric_families
        text = self.read('prometheus')
        self.assertTrue(text.endswith('\n'))
        families = {family.name: family for family in text_string_to_metric_families(text)}
        for family in families.values():
            self.assertTrue(family.documentation)
            for sample in family.samples:
                self.assertIsNone(sample.timestamp, 'node_exporter refuses such a file')
                self.assertEqual(sample.labels['site'], 'shop')
        by_status = {s.labels['status']: s.value for s in families['postflight_findings'].samples}
        self.assertEqual(by_status['fail'], self.count('fail'))
        checks = [s.labels['check'] for s in families['postflight_check_status'].samples]
        self.assertEqual(sorted(checks), sorted({finding['check'] for finding in self.findings}))
        failed = {s.labels['check'] for s in families['postflight_check_status'].samples if s.labels['status'] == 'fail'}
        self.assertEqual(failed, {finding['check'] for finding in self.findings if finding['status'] == 'fail'})
        self.assertEqual((self.folder / 'prometheus').stat().st_mode & 0o777, 0o644)
        self.assertEqual((self.folder / 'csv').stat().st_mode & 0o777, 0o600)

    def test_html_is_well_formed_and_holds_nothing_that_runs_or_comes_from_elsewhere(self):
        page = Page(self.read('html'))
        self.assertEqual((page.wrong, page.open), ([], []))
        self.assertLessEqual(page.tags, {
            'html', 'head', 'meta', 'title', 'style', 'body', 'main', 'h1', 'h2', 'h3', 'p', 'b', 'div', 'span', 'ul', 'li', 'a',
            'pre', 'details', 'summary', 'table', 'caption', 'tr', 'th', 'td', 'svg', 'rect'})
        for tag, name, value in page.attributes:
            self.assertFalse(name.startswith('on') or name in ('src', 'style'), (tag, name))
            if name == 'href':
                self.assertTrue(value.startswith('https://'), value)
        policies = [value for tag, name, value in page.attributes if tag == 'meta' and name == 'content' and 'default-src' in value]
        self.assertEqual(len(policies), 1)
        self.assertIn("default-src 'none'", policies[0])
        self.assertNotIn('script-src', policies[0])
        said = ''.join(page.words)
        self.assertIn('<script>alert(1)</script>', said)        # as words
        for finding in self.findings:
            if finding['status'] in ('fail', 'unknown', 'waived'):
                self.assertIn(finding['summary'], said)

    def test_nagios_is_one_line_with_figures(self):
        line = self.read('nagios')
        text, _, figures = line.rstrip('\n').partition('|')
        self.assertEqual(line.count('\n'), 1)
        self.assertTrue(text.startswith('POSTFLIGHT CRITICAL: shop'), text)
        for figure in figures.split():
            self.assertRegex(figure, r'^[a-z]+=(U|[0-9.]+(s|%)?)(;[0-9]*){0,4}$')

    def test_markdown_shows_no_markup_of_a_strangers(self):
        html = subprocess.run(['cmark', '--unsafe', self.folder / 'markdown'], check=True, capture_output=True, text=True).stdout
        self.read('markdown')
        for sign in ('<script', '<b>', 'href="javascript', '<strong>bold'):
            self.assertNotIn(sign, html)
        self.assertIn('&lt;script&gt;', html)
        for finding in self.findings:
            if finding['status'] == 'fail':
                self.assertIn(finding['check'], html)

    def plugin(self, *words):
        done = subprocess.run([PROGRAM, 'run', *words, '--format', 'nagios'], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout

    def test_alone_on_stdout_it_answers_as_a_plugin(self):
        status, line = self.plugin(self.site, '--only', 'debug', '--deadline', '20s')
        self.assertEqual((status, line[:20]), (2, 'POSTFLIGHT CRITICAL:'))
        status, line = self.plugin(self.site, '--only', 'debug', '--deadline', '20s', '--fail-on', 'never')
        self.assertEqual((status, line[:19]), (1, 'POSTFLIGHT WARNING:'))
        status, line = self.plugin(self.site, '--only', 'headers.version-leak', '--from', 'bastion', '--deadline', '20s')
        self.assertEqual((status, line[:14]), (0, 'POSTFLIGHT OK:'))
        status, line = self.plugin(self.folder / 'absent.yaml')
        self.assertEqual((status, line[:19]), (3, 'POSTFLIGHT UNKNOWN:'))

    def test_checks_are_listed_as_text_or_json_and_as_nothing_else(self):
        done = subprocess.run([PROGRAM, 'checks', '--format', 'html'], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (2, ''))
        self.assertIn('text or json', done.stderr)

    def test_an_unknown_format_is_told_the_known_ones(self):
        done = subprocess.run([PROGRAM, 'run', self.site, '--format', 'pdf'], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        for name in FORMATS:
            self.assertRegex(done.stderr, rf'\b{re.escape(name)}\b')


if __name__ == '__main__':
    PROGRAM = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()
