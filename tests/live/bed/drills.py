"""Restore drills asked of the worker itself, as its parent asks them."""
import json
import pathlib
import subprocess
import time

from .processes import wait_for
from .service import place


def drill(bed, path, form):
    """Made at once; what it says."""
    done = subprocess.run(command(bed), input=question(bed, path, form), capture_output=True,
                          text=True, timeout=60, env=host_of(bed).environment)
    return json.loads(done.stdout)['answer']['facts']


def hanging_drill(bed):
    """One that has its throw-away database and does not get on; the process that makes it."""
    path = bed.path('run/hanging.sql')
    place(path, '-- PostgreSQL database dump\nCREATE TABLE t (a int);\nSELECT pg_sleep(600);\n',
          'backup', 0o600)
    worker = subprocess.Popen(command(bed), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True, env=host_of(bed).environment)
    worker.stdin.write(question(bed, path, 'pg_dump plain'))
    worker.stdin.flush()
    asleep = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600)%'"
    if not wait_for(lambda: bed.postgres.sql(asleep, 'postgres') == '1', 15):
        worker.kill()
        raise RuntimeError('the drill does not come to where it hangs')
    return worker


def throwaways(bed):
    """Databases and roles."""
    return bed.postgres.sql("SELECT datname FROM pg_database WHERE datname LIKE 'postflight%'"
                            " UNION ALL SELECT rolname FROM pg_roles WHERE rolname LIKE"
                            " 'postflight%'", 'postgres').split()


def host_of(bed):
    return bed.hosts['app' if bed.loopback else 'db']


def command(bed):
    """The worker keeps its state where that of the vantage is."""
    worker = pathlib.Path(bed.program).with_name('postflight-worker')
    return host_of(bed).argv([worker, 'host', bed.ledger.parent, 'writes'])


def question(bed, path, form):
    ask = {'step': 'drill', 'set': 'trial', 'path': str(path), 'form': form, 'max_age': 7 * 86400,
           'into': f'postgresql://backup@/postgres?host={bed.postgres.socket}'}
    return json.dumps({'id': 1, 'deadline_us': int((time.monotonic() + 60) * 1e6),
                       'question': {'kind': 'drill', 'ask': ask}}) + '\n'
