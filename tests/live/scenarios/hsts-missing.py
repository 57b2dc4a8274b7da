"""No response tells browsers to stay with HTTPS."""
RED = ['https.hsts', 'deploy-check.agrees']


def break_it(bed):
    bed.nginx.reconfigure(hsts=None)
