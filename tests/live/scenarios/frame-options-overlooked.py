"""The page may be framed by a partner, in a way that no browser heeds any more."""
RED = ['headers.frame-options', 'headers.csp']


def break_it(bed):
    bed.nginx.reconfigure(headers={
        'X-Frame-Options': 'ALLOW-FROM https://partner.test',
        'Content-Security-Policy': "default-src 'self'; object-src 'none'"})
