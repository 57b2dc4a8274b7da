"""nginx looks at no more than the name in a Host: shop.test:evil and a missing Host are served."""
RED = ['allowed-hosts.malformed']


def break_it(bed):
    bed.nginx.reconfigure(host_pattern=None)
