"""Uploads whose names end in .php are handed to a PHP that does not run at the moment."""
RED = ['media.not-executed']


def break_it(bed):
    bed.nginx.reconfigure(media_php=r'\.php$')
