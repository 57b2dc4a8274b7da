#!/usr/bin/python3
"""Backups read to their end: our worker beside gzip -t, zstd -t, xz -t and pg_restore -f /dev/null, in one run.

backup_bench.py WORKER [--megabytes 200] [--directory /tmp/postflight-backups]     (root; PostgreSQL's programs, time)

A dump of a database of that size is made, in several packings, and an archive of files; each is read by us and by the
tool that its owner would take, after one reading that is not counted. MB/s are those of what is unpacked, by the time of
the processor: other work on the machine changes that less than the time on the wall, which is printed too. Then as many
files at once as there are cores. Figures are printed, never judged.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

PG = max(pathlib.Path('/usr/lib/postgresql').glob('*/bin'), key=lambda path: int(path.parts[4]))
ROW = ("SELECT n, md5(n::text) AS hash, repeat(md5((n % 1000)::text), 3) AS text, n % 7 = 0 AS seventh,"
       " now() - n * interval '1 minute' AS at"
       ' FROM generate_series(1, {rows}) AS n')
ROW_BYTES = 190     # of one of these as COPY writes it


def run(*words, user=None, stdin=None, stdout=subprocess.DEVNULL):
    enter = ['setpriv', '--reuid', user, '--regid', user, '--init-groups', '--'] if user else []
    subprocess.run([str(word) for word in [*enter, *words]], check=True, input=stdin, stdout=stdout, cwd='/')


def make(directory, megabytes):
    """{name: (path, the tool that checks such a file)}"""
    data, socket = directory / 'data', directory / 'socket'
    for folder in (data, socket):
        folder.mkdir()
        shutil.chown(folder, 'postgres', 'postgres')
    run(PG / 'initdb', '-D', data, '-A', 'trust', '-E', 'UTF8', '--locale', 'C.UTF-8', '--no-sync', user='postgres')
    run(PG / 'pg_ctl', '-D', data, '-w', '-l', socket / 'log', '-o',
        f"-c listen_addresses= -c unix_socket_directories={socket} -c fsync=off -c max_wal_size=4GB", 'start',
        user='postgres')
    try:
        rows = megabytes * 1000000 // ROW_BYTES
        run(PG / 'psql', '-Xq', '-h', socket, '-d', 'postgres', '-c', f'CREATE TABLE word AS {ROW.format(rows=rows)}',
            user='postgres')
        plain, custom = socket / 'db.sql', socket / 'db.dump'
        run(PG / 'pg_dump', '-h', socket, '-f', plain, 'postgres', user='postgres')
        run(PG / 'pg_dump', '-h', socket, '-Fc', '-f', custom, 'postgres', user='postgres')
    finally:
        run(PG / 'pg_ctl', '-D', data, '-m', 'immediate', 'stop', user='postgres')
    run('gzip', '-k', plain)
    run('zstd', '-q', plain)
    run('xz', '-k', '-1', plain)
    archive = socket / 'media.tar.gz'
    run('tar', '-czf', archive, '-C', directory, 'data')
    size = plain.stat().st_size
    unpacked = int(subprocess.run(f'gzip -dc {archive} | wc -c', shell=True, check=True, capture_output=True).stdout)
    return {
        'plain': (plain, size, ['cat', plain]),
        'plain, gzip': (f'{plain}.gz', size, ['gzip', '-t', f'{plain}.gz']),
        'plain, zstd': (f'{plain}.zst', size, ['zstd', '-tq', f'{plain}.zst']),
        'plain, xz': (f'{plain}.xz', size, ['xz', '-t', f'{plain}.xz']),
        'custom': (custom, size, [PG / 'pg_restore', '-f', '/dev/null', custom]),
        'tar, gzip': (archive, unpacked, ['gzip', '-t', archive]),
    }


def question(path):
    deadline = int((time.monotonic() + 600) * 1e6)
    ask = {'path': str(path), 'look_for': ['django_migrations']}
    return json.dumps({'id': 1, 'deadline_us': deadline, 'question': {'kind': 'archive', 'ask': ask}}) + '\n'


class Started:
    """A process under way; `end` tells its times and the most memory that it, or one that it started, took.

    time(1) stands between: what a process took is never less than what its parent had when it was made.
    """

    def __init__(self, argv, stdin=None):
        self.memory = tempfile.NamedTemporaryFile()
        self.started = time.monotonic()
        measured = ['/usr/bin/time', '-f', '%M', '-o', self.memory.name, *argv]
        self.child = subprocess.Popen([str(word) for word in measured], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if stdin:
            self.child.stdin.write(stdin.encode())
        self.child.stdin.close()

    def end(self):
        said = self.child.stdout.read()
        _, status, usage = os.wait4(self.child.pid, 0)
        self.child.returncode = status
        if status:
            raise SystemExit(f'{self.child.args} ends with {status}')
        memory = int(self.memory.read().split()[-1]) / 1024
        return time.monotonic() - self.started, usage.ru_utime + usage.ru_stime, memory, said


def ours(worker, path):
    return Started([worker, 'host'], question(path))


def check(said):
    facts = json.loads(said)['answer']['facts']
    if facts['proven'] != 'all of it' or facts.get('error'):
        raise SystemExit(f'it was not read to its end: {facts}')


def compare(worker, name, path, size, tool):
    ours(worker, path).end()
    Started(tool).end()
    wall, cpu, memory, said = ours(worker, path).end()
    check(said)
    peer_wall, peer_cpu, _, _ = Started(tool).end()
    print(f'{name:12s} {os.stat(path).st_size / 1e6:6.0f} of {size / 1e6:4.0f} MB   '
          f'postflight {size / cpu / 1e6:6.0f} MB/s ({wall:5.2f} s, {memory:3.0f} MiB)   '
          f'{pathlib.Path(str(tool[0])).name:10s} {size / peer_cpu / 1e6:6.0f} MB/s ({peer_wall:5.2f} s)   '
          f'ratio {peer_cpu / cpu:.2f}', flush=True)


def together(worker, files, count):
    """So many at once, each in a worker of its own."""
    started = time.monotonic()
    children = [ours(worker, path) for path in files[:count]]
    most = 0
    for child in children:
        _, _, memory, said = child.end()
        check(said)
        most = max(most, memory)
    return time.monotonic() - started, most


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('worker')
    parser.add_argument('--megabytes', type=int, default=200)
    parser.add_argument('--directory', type=pathlib.Path, default=pathlib.Path('/tmp/postflight-backups'))
    args = parser.parse_args()
    args.directory.mkdir(mode=0o755)
    try:
        files = make(args.directory, args.megabytes)
        for name, (path, size, tool) in files.items():
            compare(args.worker, name, path, size, tool)
        cores = os.cpu_count()
        gzips = [files['plain, gzip'][0]]
        for number in range(1, cores):
            gzips.append(str(args.directory / f'copy-{number}.sql.gz'))
            shutil.copy(gzips[0], gzips[number])
        one, _ = together(args.worker, gzips, 1)
        all_, most = together(args.worker, gzips, cores)
        print(f'{cores} files at once, as many as there are cores: {all_:.2f} s, one alone {one:.2f} s; the largest '
              f'worker took {most:.0f} MiB (aim: under 64)')
    finally:
        shutil.rmtree(args.directory)


if __name__ == '__main__':
    main()
