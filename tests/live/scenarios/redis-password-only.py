"""Everybody reaches Redis, which asks for a password."""
RED = ['caches.only-app-servers']


def break_it(bed):
    bed.open_firewall(6379)
