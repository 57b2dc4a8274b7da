"""No response forbids browsers to guess types."""
RED = ['headers.content-type-options', 'deploy-check.agrees', 'media.not-rendered']


def break_it(bed):
    bed.nginx.reconfigure(headers={'X-Content-Type-Options': None})
