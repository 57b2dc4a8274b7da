"""The firewall of the db host guards Redis over IPv4 and forgot IPv6."""
RED = ['caches.only-app-servers']


def break_it(bed):
    bed.open_firewall(6379, open_families=['ip6'])
