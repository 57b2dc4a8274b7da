"""The nonce of the policy is written in the configuration, the same for everybody."""
RED = ['headers.csp']


def break_it(bed):
    bed.nginx.reconfigure(headers={
        'Content-Security-Policy': "script-src 'nonce-c2hvcA=='; object-src 'none'; "
                                   "frame-ancestors 'none'"})
