"""nginx passes $http_host: beside an absolute request line Django gets a Host nobody judged."""
RED = ['allowed-hosts.absolute-form']


def break_it(bed):
    bed.nginx.reconfigure(host_passed='$http_host', host_pattern=None)
