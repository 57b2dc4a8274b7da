"""nginx passes $http_host: Django gets a Host, and a port in it, that nobody has judged."""
RED = ['allowed-hosts.absolute-form', 'allowed-hosts.malformed']


def break_it(bed):
    bed.nginx.reconfigure(host_passed='$http_host', host_pattern=None)
