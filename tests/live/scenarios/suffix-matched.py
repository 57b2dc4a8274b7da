"""A server name lacks its anchors: evilshop.test and shop.test.evil are served."""
RED = ['allowed-hosts.malformed']


def break_it(bed):
    # Django is handed a good Host, so ALLOWED_HOSTS does not save the site either.
    bed.nginx.reconfigure(server_names=['www.shop.test', r'~^[a-z0-9-]*shop\.test'],
                          host_pattern=r'www\.shop\.test|[a-z0-9-]*shop\.test[a-z0-9.-]*',
                          host_passed='shop.test')
