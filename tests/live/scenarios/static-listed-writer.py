"""An access control list lets the user that Django runs as write a static file."""
RED = ['static.not-writable']


def break_it(bed):
    bed.journal.allow(bed.static / 'shop' / 'shop.css', 'u:daemon:rw')
