"""Strict-Transport-Security leaves the subdomains out."""
RED = ['https.hsts-subdomains']


def break_it(bed):
    bed.nginx.reconfigure(hsts='max-age=63072000; preload')
