#!/usr/bin/python3
"""Reports of a hundred thousand findings: how long each writer takes, and how much memory; printed and never judged.

reports_bench.py BUILD [FINDINGS]    (BUILD is the folder that was built, with tests)
"""
import pathlib
import subprocess
import sys
import tempfile

FORMATS = ('text', 'html', 'json', 'jsonl', 'sarif', 'junit', 'prometheus', 'nagios', 'csv', 'markdown', 'changes')


def main():
    build, count = pathlib.Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else '100000'
    print(f'a report of {int(count):,} findings (aim: under 1 s, 64 MiB)')
    print(f'{"format":<12}{"seconds":>8}{"of CPU":>8}{"MiB at its largest":>20}{"of it the audit":>17}{"written MiB":>13}')
    for name in FORMATS:
        with tempfile.NamedTemporaryFile() as file:
            done = subprocess.run([build / 'tests' / 'write_reports', name, file.name, count], capture_output=True, text=True)
        if done.returncode:
            print(f'{name:<12} ended with {done.returncode}: {done.stderr.strip()}')
            continue
        seconds, busy, most, audit, written = done.stdout.split()
        print(f'{name:<12}{float(seconds):>8.2f}{float(busy):>8.2f}{int(most) / 1024:>20.0f}{int(audit) / 1024:>17.0f}{int(written) / 2**20:>13.1f}')


main()
