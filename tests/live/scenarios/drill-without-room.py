"""No drill was made yet, and the server's disk has no room for one."""
RED = []
BLIND = ['backups.restorable']


def break_it(bed):
    bed.tiny.reconfigure(mounted=True)
    lock = bed.postgres.socket / '.s.PGSQL.5432.lock'
    lines = lock.read_text().splitlines(keepends=True)
    lines[1] = f'{bed.tiny.path}\n'        # where the server says that its data is
    bed.journal.rewrite(lock, ''.join(lines).encode())
    bed.forget_drills()
