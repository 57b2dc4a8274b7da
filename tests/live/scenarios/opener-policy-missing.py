"""Windows of other sites keep a handle on the pages."""
RED = ['headers.opener-policy']


def break_it(bed):
    bed.nginx.reconfigure(headers={'Cross-Origin-Opener-Policy': None})
