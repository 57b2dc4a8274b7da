"""Barman has a backup, and stopped receiving WAL since."""
RED = ['backups.tool']


def break_it(bed):
    bed.barman.make()
    bed.barman.silence()
    bed.add_set(bed.barman.block())
