#!/usr/bin/python3
"""TLS of a local nginx, audited by postflight, sslscan and testssl.sh in one run: times and findings, printed and
never judged.  tls_bench.py PROGRAM  (wants nginx, openssl, sslscan, testssl.sh; gnutls-serv for ciphers of old)"""
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
CHECKS = ('https.certificate', 'https.protocols', 'https.ciphers')
RUNS = 5        # of the quick ones; the median is told
NGINX = {
    'healthy': ('TLSv1.2 TLSv1.3', 'ECDHE+AESGCM:ECDHE+CHACHA20'),
    'as Debian ships it': ('TLSv1 TLSv1.1 TLSv1.2 TLSv1.3', 'HIGH:!aNULL:!MD5'),
    'weak': ('TLSv1 TLSv1.1 TLSv1.2', 'ALL:eNULL:@SECLEVEL=0'),
}
GNUTLS = ('NORMAL:+VERS-TLS1.0:+VERS-TLS1.1:+3DES-CBC:+ARCFOUR-128:+RSA:+SHA1:+MD5:+NULL:+ANON-ECDH:'
          '%SERVER_PRECEDENCE')


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def listening(port, within=10):
    until = time.monotonic() + within
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(('127.0.0.1', port)) == 0:
                return
        time.sleep(0.05)
    sys.exit(f'tls_bench: nothing listens on {port}')


class Server:
    """A program in the foreground that is ended with the block."""

    def __init__(self, argv, port, log):
        self.argv, self.port, self.log = argv, port, log

    def __enter__(self):
        with open(self.log, 'w') as log:
            self.process = subprocess.Popen(self.argv, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        listening(self.port)

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)


def nginx(directory, port, protocols, ciphers):
    (directory / 'nginx.conf').write_text(f'''worker_processes 1; pid {directory}/nginx.pid;
events {{ }}
http {{ access_log off; ssl_certificate {directory}/site.pem; ssl_certificate_key {directory}/site.key;
  client_body_temp_path {directory}/b; proxy_temp_path {directory}/p; fastcgi_temp_path {directory}/f;
  uwsgi_temp_path {directory}/u; scgi_temp_path {directory}/s;
  ssl_protocols {protocols}; ssl_ciphers {ciphers};
  server {{ listen 127.0.0.1:{port} ssl; server_name shop.test; return 200 "ok"; }} }}
''')
    return Server(['nginx', '-e', directory / 'nginx.log', '-c', directory / 'nginx.conf', '-g', 'daemon off;'],
                  port, directory / 'server.log')


def certificate(directory):
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '90', '-subj',
                    '/CN=shop.test', '-addext', 'subjectAltName=DNS:shop.test', '-keyout',
                    directory / 'site.key', '-out', directory / 'site.pem'], check=True, capture_output=True)


def timed(argv, runs, **more):
    """Median wall seconds, CPU seconds of one run, and its output."""
    times, before = [], resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(runs):
        start = time.monotonic()
        done = subprocess.run([str(word) for word in argv], capture_output=True, text=True, **more)
        times.append(time.monotonic() - start)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / runs
    return sorted(times)[len(times) // 2], cpu, done


def tell(name, wall, cpu, findings):
    print(f'  {name:12} {wall:8.2f} s wall {cpu:8.2f} s CPU')
    for finding in findings or ['nothing']:
        print(f'      {finding}')
    return wall


def postflight(program, directory, port):
    site = directory / 'site.yaml'
    site.write_text(f'site: bench\nurl: https://shop.test:{port}\naddresses: [127.0.0.1]\n'
                    f'ca_file: {directory}/site.pem\n')
    only = [word for check in CHECKS for word in ('--only', check)]
    wall, cpu, done = timed([program, 'run', site, '--format', 'json', *only], RUNS)
    found = json.loads(done.stdout)['findings']
    return tell('postflight', wall, cpu, [f'{f["status"]} {f["check"]} ({f["severity"]}): {f["summary"]}'
                                          for f in found if f['status'] != 'skip'])


def sslscan(port):
    if not shutil.which('sslscan'):
        print('  sslscan is not installed')
        return None
    wall, cpu, done = timed(['sslscan', '--no-colour', '--sni-name=shop.test', f'127.0.0.1:{port}'], RUNS)
    lines = [line.strip() for line in done.stdout.splitlines()]
    old = [line for line in lines if re.match(r'(SSLv\d|TLSv1\.[01])\s+enabled', line)]
    weak = [line for line in lines if re.match(r'(Accepted|Preferred)', line) and
            re.search(r'NULL|RC4|3DES|AECDH|ADH|EXP|DES-', line)]
    return tell('sslscan', wall, cpu, old + [f'{len(weak)} weak ciphers, as: {line}' for line in weak[:1]])


def testssl(directory, port):
    command = shutil.which('testssl') or shutil.which('testssl.sh')
    if not command:
        print('  testssl.sh is not installed')
        return None
    out = directory / 'testssl.json'
    out.unlink(missing_ok=True)
    wall, cpu, _ = timed([command, '--quiet', '--warnings', 'batch', '--color', '0', '-p', '-s', '-S', '--ip',
                          '127.0.0.1', '--jsonfile', out, f'shop.test:{port}'], 1)
    found = [f for f in json.loads(out.read_text()) if f['severity'] in ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')]
    return tell('testssl.sh', wall, cpu, [f'{f["severity"]} {f["id"]}: {f["finding"]}' for f in found])


def compare(program, directory, name, server, port):
    print(f'{name}:')
    with server:
        ours = postflight(program, directory, port)
        peers = {'sslscan': sslscan(port), 'testssl.sh': testssl(directory, port)}
    for peer, wall in peers.items():
        if wall:
            print(f'  {peer} takes {wall / ours:.0f} times as long')


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as scratch:
        directory = pathlib.Path(scratch)
        os.chmod(directory, 0o755)
        certificate(directory)
        for name, (protocols, ciphers) in NGINX.items():
            port = free_port()
            compare(program, directory, f'nginx, {name}', nginx(directory, port, protocols, ciphers), port)
        if shutil.which('gnutls-serv'):
            port = free_port()
            argv = ['gnutls-serv', '--quiet', '--http', '--port', str(port), '--x509certfile',
                    directory / 'site.pem', '--x509keyfile', directory / 'site.key', '--priority', GNUTLS]
            compare(program, directory, 'GnuTLS with the ciphers of old',
                    Server(argv, port, directory / 'server.log'), port)


if __name__ == '__main__':
    sys.exit(main())
