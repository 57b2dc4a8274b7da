"""Browsers are told to stay with HTTPS for an hour."""
RED = ['https.hsts', 'deploy-check.agrees']


def break_it(bed):
    bed.nginx.reconfigure(hsts='max-age=3600; includeSubDomains; preload')
