"""Apache's first virtual host is the site, so whatever no other host takes is handed to Django."""
RED = ['allowed-hosts.stopped-at-front', 'allowed-hosts.sni', 'allowed-hosts.absolute-form',
       'allowed-hosts.malformed']


def break_it(bed):
    bed.apache.take_over(first='site', host_guarded=False)
