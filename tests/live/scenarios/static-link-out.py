"""A symbolic link among the static files leads out of STATIC_ROOT."""
RED = ['static.no-escape']


def break_it(bed):
    bed.journal.link(bed.static / 'shop' / 'release.txt', '/etc/debian_version')
