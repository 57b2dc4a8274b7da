"""PostgreSQL trusts every address, and everybody reaches it."""
RED = ['databases.only-app-servers', 'databases.auth-method', 'databases.hba-rules']


def break_it(bed):
    bed.postgres.reconfigure(more_hba=['hostssl all all 0.0.0.0/0 trust',
                                       'hostssl all all ::/0 trust'])
    bed.open_firewall(5432)
