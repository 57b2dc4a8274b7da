"""Uploads whose names end in .php are handed to PHP."""
RED = ['media.not-executed']


def break_it(bed):
    bed.php.reconfigure(running=True)
    bed.nginx.reconfigure(media_php=r'\.php$')
