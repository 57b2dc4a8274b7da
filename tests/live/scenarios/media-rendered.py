"""A visitor's drawing is shown as a page of the site: neither attachment nor sandbox."""
RED = ['media.not-rendered']


def break_it(bed):
    bed.nginx.reconfigure(upload_headers=False)
