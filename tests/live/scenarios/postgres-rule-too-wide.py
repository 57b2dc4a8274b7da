"""pg_hba.conf has a rule for every address; only the firewall is in the way."""
RED = ['databases.hba-rules']


def break_it(bed):
    bed.postgres.reconfigure(more_hba=['hostssl shop shop 0.0.0.0/0 scram-sha-256'])
