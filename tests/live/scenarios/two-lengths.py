"""The redirect from plain HTTP has a second Content-Length, and each client believes another."""
RED = ['https.well-formed']
UNKNOWN = ['https.*', 'allowed-hosts.*', 'exposure.*']


def break_it(bed):
    bed.nginx.reconfigure(plain_locations={'= /': [
        'add_header Content-Length 7 always;', 'return 301 https://$host$request_uri;']})
