"""Everybody reaches PostgreSQL, which asks every address for a password."""
RED = ['databases.only-app-servers', 'databases.hba-rules']


def break_it(bed):
    bed.postgres.reconfigure(more_hba=['hostssl all all 0.0.0.0/0 scram-sha-256',
                                       'hostssl all all ::/0 scram-sha-256'])
    bed.open_firewall(5432)
