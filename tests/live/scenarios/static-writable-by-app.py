"""A directory of static files belongs to the user that Django runs as."""
RED = ['static.not-writable']


def break_it(bed):
    bed.chown(bed.static / 'shop', 'daemon')
