"""A strict policy by nonce, with fallbacks for old browsers: nothing is wrong."""
RED = []


def break_it(bed):
    bed.nginx.reconfigure(headers={
        'Content-Security-Policy': "script-src 'nonce-$request_id' 'strict-dynamic' https: "
                                   "'unsafe-inline'; object-src 'none'; frame-ancestors 'none'"})
