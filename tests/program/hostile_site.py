"""A site that puts what it can into the report, and the reports of it: what several tests read."""
import json
import os
import pathlib
import subprocess
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# What a page, a header and a redirect of a hostile site may hold.
TITLE = '=cmd()|<script>alert(1)</script>`"\'&amp; [x](javascript:1) \u202e**bold** ]]> {"a":1} %s%n'
FORMATS = ('text', 'html', 'json', 'jsonl', 'sarif', 'junit', 'prometheus', 'nagios', 'csv', 'markdown', 'changes')


class Hostile(BaseHTTPRequestHandler):
    def do_GET(self):
        page = f'<title>{TITLE}</title>DEBUG = True</code>'.encode()
        self.send_response(200)
        self.send_header('Content-Type', 'text/html')
        self.send_header('Server', '=evil|<b>\x1b[2J/1.2.3')
        self.send_header('Content-Length', str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    do_HEAD = do_POST = do_GET

    def log_message(self, *_):
        pass


class Reports:
    """One audit, in every format, each in a file named after it."""

    def __init__(self, test_class, program):
        server = ThreadingHTTPServer(('127.0.0.1', 0), Hostile)
        test_class.addClassCleanup(server.server_close)
        test_class.addClassCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        folder = tempfile.TemporaryDirectory()
        test_class.addClassCleanup(folder.cleanup)
        os.environ.update(RUNTIME_DIRECTORY=folder.name, STATE_DIRECTORY=folder.name)
        self.folder = pathlib.Path(folder.name)
        self.site = self.folder / 'site.yaml'
        self.port = server.server_port
        self.site.write_text(f'site: shop\nurl: http://127.0.0.1:{self.port}\nhttp_port: {self.port}\n'
                             'vantages:\n  bastion: {role: bastion}\n'
                             '  far: {role: outside, ssh: far.invalid, ssh_config: /nonexistent}\n'
                             'waivers:\n  - {check: headers.version-leak, reason: "a | b < c", owner: me@example.com,\n'
                             '     expires: 2099-01-01}\n')
        words = [word for name in FORMATS for word in ('--format', name, '-o', self.folder / name)]
        done = subprocess.run([program, 'run', self.site, '--deadline', '20s', *words], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)
        if done.returncode not in (1, 3):
            raise AssertionError(done.stderr)
        self.report = json.loads((self.folder / 'json').read_text())
        self.findings = self.report['findings']
