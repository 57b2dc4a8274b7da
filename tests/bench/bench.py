#!/usr/bin/python3
"""Figures, printed and never judged: bench.py PROGRAM  (root; brings the sample site up on loopback)."""
import json
import os
import pathlib
import re
import resource
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from delaying_proxy import DelayingProxy  # noqa: E402

TESTBED = HERE.parent / 'live' / 'testbed'
DELAY = 0.050
RUNS = 5


def timed(argv, runs=RUNS):
    """Median wall seconds, and the last output."""
    times, done = [], None
    for _ in range(runs):
        start = time.monotonic()
        done = subprocess.run([str(word) for word in argv], capture_output=True, text=True)
        times.append(time.monotonic() - start)
    return statistics.median(times), done


def version(program):
    seconds, _ = timed([program, '--version'], 20)
    print(f'postflight --version: {seconds * 1000:.1f} ms (aim: under 10)')


def loopback(program, site):
    seconds, done = timed([program, 'run', site, '--format', 'json'])
    report = json.loads(done.stdout)
    print(f'audit of the sample site on loopback: {seconds:.2f} s, {sum(report["counts"].values())} findings, '
          f'score {report["score"]} (aim: under 1 s)')
    with tempfile.TemporaryDirectory() as folder:
        bare = pathlib.Path(folder) / 'bare.yaml'
        bare.write_text(re.sub(r'^app:\n(?:  .*\n)+', '', pathlib.Path(site).read_text(), flags=re.M))
        seconds, _ = timed([program, 'run', bare, '--format', 'json'])
    print(f'  without the app block, so that Django is not started: {seconds:.2f} s')


def chains(program, site):
    """Through a proxy that is 50 ms away: the audit beside its longest single chain of round trips."""
    text = pathlib.Path(site).read_text()
    addresses = sorted(set(re.findall(r'127\.77\.0\.\d+', text)))
    ports = (80, 443, 8000, 5432, 6379, 11211)
    routes = {}
    for address in addresses:
        for port in ports:
            with socket.socket() as probe:
                if probe.connect_ex((address, port)) == 0:
                    routes[address.replace('127.77.0', '127.77.1'), port] = (address, port)
    proxy = DelayingProxy(routes, DELAY)
    with tempfile.TemporaryDirectory() as folder:
        far = pathlib.Path(folder) / 'far.yaml'
        far.write_text(text.replace('127.77.0', '127.77.1'))
        network = ['--only', 'allowed-hosts', '--only', 'https', '--only', 'debug', '--only', 'caches', '--only', 'databases']
        seconds, done = timed([program, 'run', far, '--format', 'json', *network], 3)
        evidence = subprocess.run([program, 'collect', str(far), '--as', 'bastion', *network], capture_output=True, text=True)
        longest, again = 0, 0
        for line in evidence.stdout.splitlines():
            answer = json.loads(line).get('answer')
            if answer and answer['kind'] == 'http':
                longest = max(longest, answer['took_us'])
                again = answer['took_us']
    # The site's own page is asked for once more when all else is answered: two questions that depend on each other.
    chain = (longest + again) / 1e6
    print(f'{2 * DELAY * 1000:.0f} ms away: the network part takes {seconds:.2f} s; its longest chain of dependent questions '
          f'{chain:.2f} s: ratio {seconds / chain:.2f} (aim: 1.3)')
    assert proxy.thread.is_alive()


def flood(connection):
    try:
        connection.recv(4096)
        connection.sendall(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
        while True:
            connection.sendall(b'10000\r\n' + b'<p>' * 21845 + b'x\r\n')
    except OSError:
        pass
    finally:
        connection.close()


def serve(behave):
    server = socket.create_server(('127.0.0.1', 0), backlog=256)

    def accept():
        while True:
            connection, _ = server.accept()
            threading.Thread(target=behave, args=(connection,), daemon=True).start()
    threading.Thread(target=accept, daemon=True).start()
    return server.getsockname()[1]


def peak_of(pid):
    try:
        status = pathlib.Path(f'/proc/{pid}/status').read_text()
    except OSError:
        return 0
    found = re.search(r'VmHWM:\s+(\d+)', status)
    return int(found.group(1)) if found else 0


def memory(program):
    """Every answer is an endless body: how large do the parent and its workers get?"""
    port = serve(flood)
    process = subprocess.Popen([program, 'run', f'http://127.0.0.1:{port}/', '--format', 'json', '--deadline', '10s'],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    parent = worker = 0
    while process.poll() is None:
        parent = max(parent, peak_of(process.pid))
        children = pathlib.Path(f'/proc/{process.pid}/task/{process.pid}/children')
        try:
            worker = max([worker, *(peak_of(child) for child in children.read_text().split())])
        except OSError:
            pass
        time.sleep(0.005)
    print(f'against endless bodies: parent {parent / 1024:.0f} MiB (aim: 32), largest worker {worker / 1024:.0f} MiB (aim: 64)')


def stall(connection):
    time.sleep(60)
    connection.close()


def drip(connection):
    try:
        for _ in range(600):
            connection.sendall(b'H')
            time.sleep(0.1)
    except OSError:
        pass


def deadline(program):
    """Whoever holds an audit up, it ends in time (aim: within 200 ms)."""
    for words, behave in (('never answers', stall), ('sends a byte each 100 ms', drip)):
        port = serve(behave)
        seconds, _ = timed([program, 'run', f'http://127.0.0.1:{port}/', '--deadline', '2s'], 3)
        print(f'deadline of 2 s against a peer that {words}: {seconds:.2f} s')
    started = time.monotonic()
    process = subprocess.Popen([program, 'run', f'http://127.0.0.1:{port}/', '--deadline', '2s'],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    children = pathlib.Path(f'/proc/{process.pid}/task/{process.pid}/children')
    workers = []
    while not workers and process.poll() is None:
        workers = children.read_text().split()
    for worker in workers:
        os.kill(int(worker), signal.SIGSTOP)
    process.wait()
    print(f'deadline of 2 s with its worker stopped (SIGSTOP): {time.monotonic() - started:.2f} s')


def main():
    program = os.path.abspath(sys.argv[1])
    version(program)
    memory(program)
    deadline(program)
    with tempfile.TemporaryDirectory(dir='/run') as folder:
        bed = os.path.join(folder, 'bed')
        os.chmod(folder, 0o755)
        try:
            site = subprocess.run([TESTBED, 'up', bed, '--loopback', '--program', program], check=True,
                                  stdout=subprocess.PIPE, text=True).stdout.strip()
            loopback(program, site)
            chains(program, site)
        finally:
            subprocess.run([TESTBED, 'down', bed], check=False)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f'(largest process of all: {usage.ru_maxrss / 1024:.0f} MiB, servers included)')


if __name__ == '__main__':
    main()
