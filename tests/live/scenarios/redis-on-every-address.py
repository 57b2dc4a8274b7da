"""Redis listens on every address of its host; for now the firewall still stands before it."""
RED = ['exposure.listeners']


def break_it(bed):
    bed.redis.reconfigure(bind='* -::*')
