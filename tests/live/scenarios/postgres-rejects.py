"""Everybody reaches PostgreSQL, where only pg_hba.conf refuses them."""
RED = ['databases.only-app-servers']


def break_it(bed):
    bed.open_firewall(5432)
