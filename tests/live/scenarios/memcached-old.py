"""memcached is of a release that nobody mends any more."""
RED = ['caches.supported-version']


def break_it(bed):
    bed.memcached.reconfigure(release='1.4.39')
