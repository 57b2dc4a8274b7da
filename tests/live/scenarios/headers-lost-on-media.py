"""An add_header in the location of uploads drops all those from above."""
RED = ['headers.content-type-options', 'headers.csp', 'headers.frame-options', 'headers.opener-policy',
       'headers.referrer-policy', 'media.not-rendered']


def break_it(bed):
    bed.nginx.reconfigure(own_headers=['media'])
