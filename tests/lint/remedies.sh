# Remedies are there and have one shape: sentences, and after a line that ends with a colon a snippet, indented. The colon's
# line begins with what the snippet is for: nginx, Apache, Django ...; otherwise it is for a shell (tests/lint/remedies.sh
# SOURCE BUILD). tests/program/test_remedies.py tries the snippets.
set -eu
"$2/postflight" checks --format json | python3 -c '
import json, sys
faults = 0
checks = json.load(sys.stdin)


def fault(*words):
    global faults
    faults += 1
    print(*words)


for check in checks:
    name = check["id"]
    for part in ("title", "why", "remedy", "reference"):
        if not check[part]:
            fault(f"{name}: has no {part}")
    lines = (check["remedy"] or "").rstrip("\n").split("\n")
    if check["severity"] != "info" and not any(line[:4] == "    " for line in lines):
        fault(f"{name}: the remedy has no snippet")
    for before, line in zip([""] + lines, lines):
        if not line.strip():
            fault(f"{name}: an empty line")
        elif line[0] == " " and before[:1] != " " and before[-1:] != ":":
            fault(f"{name}: a snippet stands behind {before!r}, which says not what it is for")
        elif line[0] != " " and line[-1] not in ".:":
            fault(f"{name}: {line!r} is no sentence")
        elif before[-1:] == ":" and before[0] != " " and line[0] != " ":
            fault(f"{name}: {before!r} announces nothing")
if not faults:
    print(f"the remedies of {len(checks)} checks have snippets")
sys.exit(faults > 0)
'
