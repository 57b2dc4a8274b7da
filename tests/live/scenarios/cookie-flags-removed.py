"""The front takes Secure off the cookies, so the wire contradicts the settings."""
RED = ['https.csrf-cookie', 'deploy-check.agrees']


def break_it(bed):
    bed.nginx.reconfigure(cookie_flags='~ nosecure')
