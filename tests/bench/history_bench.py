#!/usr/bin/python3
"""Figures of a long history, printed and never judged: history_bench.py PROGRAM [AUDITS]"""
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

RUNS, VERDICTS = 9, 800


def timed(words):
    times = []
    for _ in range(RUNS):
        start = time.monotonic()
        subprocess.run(words, stdout=subprocess.DEVNULL)
        times.append(time.monotonic() - start)
    return statistics.median(times) * 1000


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    audits = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
    with tempfile.TemporaryDirectory() as folder:
        history, site = pathlib.Path(folder, 'h.db'), pathlib.Path(folder, 'site.yaml')
        site.write_text('site: shop\nurl: https://shop.test\n')
        start = time.monotonic()
        subprocess.run([program.parent / 'tests/fill_history', history, str(audits), str(VERDICTS), 'shop',
                        'https://shop.test'], check=True)
        took = time.monotonic() - start
        print(f'{audits} audits of {VERDICTS} findings: {took * 1000 / audits:.1f} ms to add one, '
              f'{history.stat().st_size / 2**20:.0f} MiB')
        for words in (['history', site], ['history', site, '-v'], ['diff', '1', str(audits)], ['verify']):
            print(f'postflight {" ".join(str(word) for word in words)}: '
                  f'{timed([program, *words, "--store", history]):.0f} ms'.replace(str(site), 'site.yaml')
                  + ('' if '-v' in words or 'verify' in words else ' (aim: under 100)'))


if __name__ == '__main__':
    main()
