"""Stands in for journald, which wants to be the only one of a machine: each new line of a log becomes an entry of a
real journal, written by systemd-journal-remote (journal export format, systemd.io/JOURNAL_EXPORT_FORMATS).

journal_feeder.py LOG JOURNAL UNIT [deaf]
"""
import subprocess
import sys
import time

REMOTE = '/usr/lib/systemd/systemd-journal-remote'
BOOT = '0' * 31 + '1'


def entry(unit, text):
    now = time.time_ns() // 1000
    return (f'__REALTIME_TIMESTAMP={now}\n__MONOTONIC_TIMESTAMP={time.monotonic_ns() // 1000}\n_BOOT_ID={BOOT}\n'
            f'_SYSTEMD_UNIT={unit}\nPRIORITY=6\nMESSAGE={text}\n\n').encode()


def main(log, journal, unit, *deaf):
    remote = subprocess.Popen([REMOTE, '--split-mode=none', f'--output={journal}', '-'], stdin=subprocess.PIPE)
    remote.stdin.write(entry(unit, 'Started the shop.'))
    remote.stdin.flush()
    with open(log, errors='replace') as lines:
        lines.seek(0, 2)
        while remote.poll() is None:
            line = lines.readline()
            if line.endswith('\n') and not deaf:
                remote.stdin.write(entry(unit, line.rstrip('\n')))
                remote.stdin.flush()
            elif not line:
                time.sleep(0.05)


if __name__ == '__main__':
    main(*sys.argv[1:])
