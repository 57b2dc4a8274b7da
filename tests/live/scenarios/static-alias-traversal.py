"""The location of static files lacks its last slash: /static../ climbs out of the directory."""
RED = ['static.no-escape']


def break_it(bed):
    bed.nginx.reconfigure(static_location='/static')
