"""Uploads are handed to a server that runs what ends in .cgi, .pl or .py."""
from bed.lighttpd import PORT

RED = ['media.not-executed']


def break_it(bed):
    bed.lighttpd.reconfigure(running=True)
    bed.nginx.reconfigure(media_server=f'127.0.0.1:{PORT}')
