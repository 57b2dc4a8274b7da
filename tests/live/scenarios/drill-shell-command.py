"""The newest dump, in plain SQL, holds a command that would make psql run a program."""
from bed.drills import drill

RED = ['backups.restorable']


def break_it(bed):
    ran = bed.postgres.socket / 'ran'       # where the account that restores may write
    bed.postgres.socket.chmod(0o1777)
    text = bed.postgres.dumped()
    command = f'\\! touch {ran}\n'.encode()
    bed.journal.rewrite(bed.dumps()[-1], text.replace(b'CREATE TABLE', command + b'CREATE TABLE', 1))
    bed.forget_drills()
    said = drill(bed, bed.dumps()[-1], 'pg_dump plain')
    bed.postgres.socket.chmod(0o755)
    if 'commands for psql' not in said.get('error', '') or ran.exists():
        raise RuntimeError(f'the command was not refused: {said}')
