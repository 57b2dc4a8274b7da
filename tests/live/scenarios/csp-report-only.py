"""The policy only reports."""
RED = ['headers.csp']


def break_it(bed):
    bed.nginx.reconfigure(headers={
        'Content-Security-Policy': None,
        'Content-Security-Policy-Report-Only': "default-src 'self'; frame-ancestors 'none'"})
