"""The job leaves out django_migrations: what is restored cannot be told from a database of any age."""
RED = ['backups.restorable']
UNKNOWN = ['backups.of-this-site']


def break_it(bed):
    data = bed.postgres.dumped('-Fc', '-T', 'django_migrations', '-T', 'django_migrations_id_seq')
    bed.journal.rewrite(bed.dumps()[-1], data)
    bed.forget_drills()
