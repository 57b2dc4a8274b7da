"""Everybody reaches MariaDB over IPv6 alone, where it has no account for them (1130)."""
RED = ['databases.mysql']


def break_it(bed):
    bed.open_firewall(3306, open_families=['ip6'])
