"""Other sites are told whole addresses."""
RED = ['headers.referrer-policy']


def break_it(bed):
    bed.nginx.reconfigure(headers={'Referrer-Policy': 'unsafe-url'})
