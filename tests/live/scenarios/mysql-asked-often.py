"""Two hundred questions to MariaDB, twice what would shut a host out, and the app still gets in. No fault."""
import json
import pathlib
import time

RED = []        # hanging up in the middle would count; what we ask does not
TIMES = 200


def break_it(bed):
    app, db = bed.hosts['app'], bed.hosts['db']
    for ask in (politely, rudely):
        ask(bed, app, db)
        blocked = 'is blocked' in connect(bed, app, db)
        bed.mariadb.sql('FLUSH HOSTS;')
        if blocked is (ask is politely):
            raise RuntimeError(f'asked {ask.__name__}: blocked is {blocked}')


def politely(bed, app, db):
    """The program's own question, as its parent puts it."""
    worker = pathlib.Path(bed.program).with_name('postflight-worker')
    until = int((time.monotonic() + 60) * 1e6)
    lines = [json.dumps({'id': number, 'deadline_us': until, 'question': {'kind': 'mysql', 'ask': {
        'address': db.v4, 'port': 3306, 'user': 'shop'}}}) for number in range(TIMES)]
    said = app.run([worker, 'network'], stdin='\n'.join(lines) + '\n').stdout
    if said.count('"error":1045') != TIMES:
        raise RuntimeError(f'not {TIMES} refusals: {said[:300]}')


def rudely(bed, app, db):
    """The control: this server does count those who hang up."""
    app.run(['python3', '-c', 'import socket\n'
             f'for _ in range({TIMES}):\n'
             f'    with socket.create_connection(("{db.v4}", 3306)) as s: s.recv(200)\n'])


def connect(bed, app, db):
    """As the app, with its password."""
    done = app.run(['mariadb', '--no-defaults', '-u', 'shop', '-h', db.v4, '--ssl', '-e', 'select 1',
                    f'--password={bed.mariadb.password.read_text().strip()}'], check=False)
    if done.returncode != 0 and 'is blocked' not in done.stderr:
        raise RuntimeError(f'the app cannot get in: {done.stderr}')
    return done.stderr
