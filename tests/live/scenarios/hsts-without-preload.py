"""Strict-Transport-Security does not ask for the preload list."""
RED = ['https.hsts-preload']


def break_it(bed):
    bed.nginx.reconfigure(hsts='max-age=63072000; includeSubDomains')
