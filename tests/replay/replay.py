#!/usr/bin/python3
"""Judges recorded evidence again: a changed verdict is a difference to read in review.

replay.py PROGRAM            every recording beside this file: SITE.yaml, EVIDENCE.jsonl ..., verdicts
replay.py PROGRAM --record   writes the verdicts anew
"""
import difflib
import json
import pathlib
import subprocess
import sys

COMPLETE = (0, 1, 3)


def verdicts(program, folder):
    evidence = sorted(str(path) for path in folder.glob('*.jsonl'))
    done = subprocess.run([program, 'judge', str(folder / 'site.yaml'), *evidence, '--format', 'json'],
                          capture_output=True, text=True)
    if done.returncode not in COMPLETE:
        raise RuntimeError(f'{folder.name}: status {done.returncode}\n{done.stderr}')
    report = json.loads(done.stdout)
    lines = [f'score {report["score"]} grade {report["grade"]} coverage {report["coverage"]:.2f}']
    lines += sorted(f'{f["status"]:8}{f["check"]} | {f["vantage"] or "-"} | {f["subject"]} | {f["summary"]}'
                    for f in report['findings'])
    return [line + '\n' for line in lines]


def main():
    program, record = sys.argv[1], '--record' in sys.argv[2:]
    folders = sorted(path.parent for path in pathlib.Path(__file__).parent.glob('*/site.yaml'))
    changed = 0
    for folder in folders:
        now, kept = verdicts(program, folder), folder / 'verdicts'
        if record:
            kept.write_text(''.join(now))
            continue
        difference = list(difflib.unified_diff(kept.read_text().splitlines(True), now, 'recorded', 'now'))
        changed += bool(difference)
        print(f'{"CHANGED" if difference else "same   "} {folder.name}')
        sys.stdout.writelines(difference)
    if not folders:
        sys.exit('there are no recordings')
    sys.exit(1 if changed else 0)


if __name__ == '__main__':
    main()
