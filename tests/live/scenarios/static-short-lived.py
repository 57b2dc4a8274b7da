"""Hashed static files may be kept for an hour only."""
RED = ['static.caching']


def break_it(bed):
    bed.nginx.reconfigure(static_lifetime='public, max-age=3600')
