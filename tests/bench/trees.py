#!/usr/bin/python3
"""A tree of many files: all checks of a walk together, beside find, bfs and fd with the same tests, in one run.

"bare walk" is nothing but getdents64(2) and statx(2) of everything, on as many threads as there are cores.

trees.py WORKER [--files 1000000] [--directory /tmp/postflight-tree] [--keep] [--cold]

The tree is made once and removed afterwards. Figures are printed, never judged. --cold drops the caches of the
whole machine before each round (needs root).
"""
import argparse
import json
import os
import pathlib
import resource
import shutil
import subprocess
import time

FOLDER = 1000       # files of one directory
TESTS = ['-perm', '-0002', '!', '-type', 'l', '-o', '-type', 'f', '-perm', '/111', '-o', '-perm', '/6000', '-o',
         '!', '-user', 'daemon', '-o', '-type', 'b', '-o', '-type', 'c', '-o', '-type', 'p']


def make(root, count):
    for start in range(0, count, FOLDER):
        folder = root / f'{start // FOLDER % 32:02d}' / f'{start // FOLDER:05d}'
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(start, min(start + FOLDER, count)):
            os.close(os.open(folder / f'upload-{number:07d}.jpg', os.O_CREAT | os.O_WRONLY, 0o644))


def ask(worker, root):
    question = {'kind': 'tree', 'ask': {'root': str(root), 'owner': 'root', 'users': ['www-data']}}
    deadline = int((time.monotonic() + 290) * 1e6)
    line = json.dumps({'id': 1, 'deadline_us': deadline, 'question': question}) + '\n'
    done = subprocess.run([worker, 'host'], input=line, capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)['answer']
    return f"{answer['outcome']}, {answer['facts']['entries']} entries"


def run(*argv):
    done = subprocess.run([str(word) for word in argv], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return 'done' if done.returncode == 0 else done.stderr.strip().splitlines()[-1:]


def timed(name, work, cold):
    if cold:
        os.sync()
        pathlib.Path('/proc/sys/vm/drop_caches').write_text('3\n')
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    said = work()
    wall = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f'{name:12s} {wall:7.2f} s wall {cpu:7.2f} s processor   {said}', flush=True)
    return wall


def peak(worker, root):
    """The largest resident size of the worker alone, as time(1) sees it."""
    pid = os.fork()
    if pid == 0:
        ask(worker, root)
        print(f'largest resident size {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.1f} MiB', flush=True)
        os._exit(0)
    os.waitpid(pid, 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('worker')
    parser.add_argument('--files', type=int, default=1000000)
    parser.add_argument('--directory', type=pathlib.Path, default=pathlib.Path('/tmp/postflight-tree'))
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--keep', action='store_true')
    parser.add_argument('--cold', action='store_true')
    args = parser.parse_args()
    root = args.directory
    started = time.monotonic()
    if not root.exists():
        make(root, args.files)
        print(f'{args.files} files made in {time.monotonic() - started:.0f} s, {os.cpu_count()} cores')
    peers = {'postflight': lambda: ask(args.worker, root),
             'find': lambda: run('find', root, *TESTS),
             'bare walk': lambda: run(pathlib.Path(args.worker).parent / 'tests/statx_walk', root, os.cpu_count())}
    if shutil.which('bfs'):
        peers['bfs'] = lambda: run('bfs', root, *TESTS)
    fd = shutil.which('fdfind') or shutil.which('fd')
    if fd:
        peers['fd'] = lambda: run(fd, '-uu', '--type', 'x', '.', root)
    try:
        best = {}
        for number in range(args.rounds):
            print(f'round {number + 1}, {"cold" if args.cold else "warm"}')
            for name, work in peers.items():
                wall = timed(name, work, args.cold)
                best[name] = min(best.get(name, wall), wall)
        for name in peers.keys() - {'postflight'}:
            print(f'postflight is {best[name] / best["postflight"]:.2f} times as fast as {name}')
        peak(args.worker, root)
    finally:
        if not args.keep:
            shutil.rmtree(root)


if __name__ == '__main__':
    main()
