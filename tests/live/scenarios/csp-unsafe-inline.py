"""The policy lets inline scripts run."""
RED = ['headers.csp']


def break_it(bed):
    bed.nginx.reconfigure(headers={
        'Content-Security-Policy': "default-src 'self'; script-src 'self' 'unsafe-inline'; "
                                   "object-src 'none'; frame-ancestors 'none'"})
