"""The whole site is served over HTTP: the front tells Django that every request is secure."""
RED = ['https.redirect-all', 'deploy-check.agrees']


def break_it(bed):
    bed.nginx.reconfigure(plain_paths=['/'])
