#!/usr/bin/python3
"""Figures, printed and never judged: services_bench.py PROGRAM [ENDPOINTS]  (root; nmap for the comparison).

Many caches from one vantage: silent, refusing, open, and a mixture, in a network namespace that is made for it and goes
with it. The aim is 1.3 times the limit on connecting and 64 MiB, however many there are.
"""
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

CONNECT_LIMIT = 3.0     # PF_CONNECT_US
OPEN_REPLIES = {b'PING': b'+PONG\r\n', b'PFNONSENSE': b"-ERR unknown command 'PFNONSENSE'\r\n"}


def address(number):
    return f'10.77.{number // 250}.{number % 250 + 1}'


def shell(*words):
    subprocess.run([str(word) for word in words], check=True)


def make_network():
    """Every address of 10.77/16 is this machine's; odd networks are dropped by the firewall when they are to be silent."""
    shell('ip', 'link', 'set', 'lo', 'up')
    shell('ip', 'route', 'add', 'local', '10.77.0.0/16', 'dev', 'lo')


def drop(numbers):
    """These answer nothing at all."""
    listed = ', '.join(address(n) for n in numbers)
    rule = f'ip daddr {{ {listed} }} tcp dport 6379 drop' if listed else 'accept'
    rules = ('flush ruleset\ntable inet bench {\nchain in {\ntype filter hook input priority 0\n'
             f'{rule}\n}}\n}}\n')
    subprocess.run(['nft', '-f', '-'], input=rules, text=True, check=True)


def redis_like(connection):
    """What a greeting hears from a Redis without a password."""
    with connection:
        held = b''
        try:
            while True:
                got = connection.recv(4096)
                if not got:
                    return
                held += got
                word = re.search(rb'\$\d+\r\n([A-Z]+)\r\n(?:\$\d+\r\n(.*)\r\n)?$', held)
                if not word:
                    continue
                held = b''
                said = word.group(2) or b''
                reply = b'$%d\r\n%s\r\n' % (len(said), said) if word.group(1) == b'ECHO' else OPEN_REPLIES.get(
                    word.group(1), b'-ERR unknown command\r\n')
                connection.sendall(reply)
        except OSError:
            pass


def serve(addresses):
    """One listener for all: the addresses that are to refuse are told apart by the firewall's reset."""
    server = socket.create_server(('0.0.0.0', 6379), backlog=4096)

    def accept():
        while True:
            connection, _ = server.accept()
            threading.Thread(target=redis_like, args=(connection,), daemon=True).start()
    threading.Thread(target=accept, daemon=True).start()
    return server


def site_file(folder, numbers, port, scheme='redis'):
    path = pathlib.Path(folder) / 'site.yaml'
    caches = ''.join(f'  - {{name: c{n}, url: "{scheme}://{address(n)}:{port}"}}\n' for n in numbers)
    path.write_text('url: http://127.0.0.1:9\nvantages:\n  here: {role: outside}\n' f'caches:\n{caches}')
    return path


def peak(pids):
    most = 0
    for pid in pids:
        try:
            found = re.search(r'VmHWM:\s+(\d+)', pathlib.Path(f'/proc/{pid}/status').read_text())
            most = max(most, int(found.group(1)) if found else 0)
        except OSError:
            pass
    return most


def audit(program, site):
    """Wall seconds, and the peaks of parent and workers in MiB."""
    start = time.monotonic()
    process = subprocess.Popen([program, 'run', site, '--only', 'caches.only-app-servers', '--format',
                                'json', '-o', '/dev/null', '--fail-on', 'never'], stderr=subprocess.DEVNULL)
    parent = worker = 0
    while process.poll() is None:
        parent = max(parent, peak([process.pid]))
        try:
            children = pathlib.Path(f'/proc/{process.pid}/task/{process.pid}/children').read_text().split()
        except OSError:
            children = []
        worker = max(worker, peak(children))
        time.sleep(0.01)
    return time.monotonic() - start, parent / 1024, worker / 1024


def measure(program, folder, what, numbers, port=6379, silent=(), scheme='redis'):
    drop(silent)
    seconds, parent, worker = audit(program, site_file(folder, numbers, port, scheme))
    print(f'{len(numbers)} endpoints, {what}: {seconds:.2f} s, {seconds / CONNECT_LIMIT:.2f} x the connect limit; '
          f'parent {parent:.0f} MiB, largest worker {worker:.0f} MiB', flush=True)
    return seconds


def nmap(numbers, seconds, port, script):
    """The same open endpoints with its script; for PostgreSQL it has none but one that guesses passwords."""
    if not shutil.which('nmap'):
        print('nmap is not here: no comparison')
        return
    start = time.monotonic()
    subprocess.run(['nmap', '-n', '-Pn', '-sT', '-p', str(port), '--script', script, '--min-parallelism', '64',
                    *[address(n) for n in numbers]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    took = time.monotonic() - start
    print(f'time for each answered endpoint: postflight {seconds / len(numbers) * 1000:.2f} ms, '
          f'nmap --script {script} {took / len(numbers) * 1000:.2f} ms')


def main():
    if os.environ.get('POSTFLIGHT_BENCH_INSIDE') != '1':
        os.execvpe('unshare', ['unshare', '--net', sys.executable, *sys.argv],
                   {**os.environ, 'POSTFLIGHT_BENCH_INSIDE': '1'})
    program = os.path.abspath(sys.argv[1])
    numbers = range(int(sys.argv[2]) if len(sys.argv) > 2 else 1000)
    make_network()
    server = serve(numbers)
    with tempfile.TemporaryDirectory() as folder:
        measure(program, folder, 'silent', numbers, silent=numbers)
        measure(program, folder, 'refusing', numbers, port=6380)
        seconds = measure(program, folder, 'open', numbers)
        measure(program, folder, 'every other one silent, the rest open', numbers, silent=numbers[::2])
        drop(())
        nmap(numbers, seconds, 6379, 'redis-info')
        server.close()
        memcached = subprocess.Popen(['memcached', '-l', '0.0.0.0', '-p', '11211', '-U', '0', '-u', 'nobody', '-c', '8192'],
                                     stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        seconds = measure(program, folder, 'memcached', numbers, port=11211, scheme='memcached')
        nmap(numbers, seconds, 11211, 'memcached-info')
        memcached.terminate()
        memcached.wait()


if __name__ == '__main__':
    main()
