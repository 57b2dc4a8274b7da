"""The last drill was nine days ago, and nobody consents to another."""
import json
import time

RED = ['backups.restorable']
UNKNOWN = ['media.not-executed']
DAY = 86400


def break_it(bed):
    lines = [json.loads(line) for line in bed.ledger.read_text().splitlines()]
    for line in lines:
        line['at'] = int(time.time()) - 9 * DAY
    bed.journal.rewrite(bed.ledger, ''.join(json.dumps(line) + '\n' for line in lines).encode())
    bed.edit_site('allow_writes: true', 'allow_writes: false')
