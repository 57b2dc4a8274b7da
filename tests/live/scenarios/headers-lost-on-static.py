"""An add_header in the location of static files drops all those from above."""
RED = ['headers.content-type-options', 'headers.frame-options', 'headers.referrer-policy']


def break_it(bed):
    bed.nginx.reconfigure(own_headers=['static'])
