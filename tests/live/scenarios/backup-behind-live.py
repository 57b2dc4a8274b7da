"""The dump is new, and lacks a migration that the live database had when it was made."""
RED = ['backups.restorable']


def break_it(bed):
    bed.postgres.reconfigure(faults=['aged_migrations'])
    bed.journal.rewrite(bed.dumps()[-1], bed.postgres.dumped('-Fc'))
    bed.postgres.reconfigure(faults=['aged_migrations', 'new_migration'])
    bed.forget_drills()
