"""Everybody reaches memcached, which never asks who calls."""
RED = ['caches.only-app-servers']


def break_it(bed):
    bed.open_firewall(11211)
