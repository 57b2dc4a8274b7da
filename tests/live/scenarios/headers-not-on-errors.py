"""add_header without the word always: errors come without every one of them."""
RED = ['headers.content-type-options', 'headers.frame-options', 'headers.referrer-policy', 'headers.opener-policy', 'headers.csp', 'https.hsts']


def break_it(bed):
    bed.nginx.reconfigure(on_errors=False)
