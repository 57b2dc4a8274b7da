#!/usr/bin/python3
"""Files that a site gives away, found by postflight and by nmap's http scripts in one run: requests, time and what was
found, printed and never judged.  exposure_bench.py PROGRAM  (wants nmap)"""
import http.server
import json
import shutil
import subprocess
import sys
import threading
import time

FILES = {
    '/.env': (b'SECRET_KEY=not-a-real-one\n', 'text/plain'),
    '/.git/HEAD': (b'ref: refs/heads/main\n', 'text/plain'),
    '/.git/config': (b'[core]\n\trepositoryformatversion = 0\n', 'text/plain'),
    '/db.sqlite3': (b'SQLite format 3\0' + bytes(84), 'application/octet-stream'),
    '/backup.sql': (b'-- PostgreSQL database dump\n', 'text/plain'),
    '/settings.py': (b'SECRET_KEY = "not-a-real-one"\nINSTALLED_APPS = []\n', 'text/x-python'),
    '/manage.py': (b'os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"\n', 'text/x-python'),
    '/.svn/entries': (b'10\n\ndir\n', 'text/plain'),
}
SCRIPTS = '+http-enum,+http-git,+http-config-backup,+http-backup-finder,+http-svn-enum'


class Site(http.server.BaseHTTPRequestHandler):
    """A shop that gives eight files away; with `catch_all` every other path is its page."""
    protocol_version = 'HTTP/1.1'
    asked, catch_all, lock = 0, False, threading.Lock()

    def do_GET(self):
        with Site.lock:
            Site.asked += 1
        page = (b'<!doctype html><title>Shop</title>', 'text/html')
        leaks = {} if Site.catch_all else FILES
        body, kind = leaks.get(self.path, page)
        found = self.path in leaks or self.path.partition('?')[0] == '/' or Site.catch_all
        self.send_response(200 if found else 404)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    do_HEAD = do_POST = do_OPTIONS = do_GET

    def log_message(self, *_):
        """Nobody reads it."""


def measured(argv):
    Site.asked = 0
    start = time.monotonic()
    done = subprocess.run([str(word) for word in argv], capture_output=True, text=True)
    return time.monotonic() - start, Site.asked, done.stdout


def postflight(program, port):
    seconds, asked, out = measured([program, 'run', f'http://127.0.0.1:{port}/', '--only', 'exposure.files',
                                    '--format', 'json'])
    told = [f['summary'] for f in json.loads(out)['findings'] if f['check'] == 'exposure.files']
    print(f'  postflight: {asked} requests, {seconds:.2f} s: {"; ".join(told)}')


def nmap(port):
    if not shutil.which('nmap'):
        print('  nmap is not there')
        return
    seconds, asked, out = measured(['nmap', '-Pn', '-n', '-p', port, '--script', SCRIPTS, '127.0.0.1'])
    told = [line.strip('|_ ') for line in out.splitlines() if line.startswith('|') and line.strip('|_ ')]
    print(f'  nmap {SCRIPTS}: {asked} requests, {seconds:.2f} s: {"; ".join(told)[:600] or "nothing"}')


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for Site.catch_all in (False, True):
        print('a site that answers every path with its page:' if Site.catch_all
              else f'a site that gives {len(FILES)} files away:')
        postflight(sys.argv[1], server.server_address[1])
        nmap(server.server_address[1])
    server.shutdown()


if __name__ == '__main__':
    sys.exit(main())
