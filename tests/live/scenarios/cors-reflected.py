"""Whatever Origin asks is allowed to read the answers."""
RED = ['allowed-hosts.no-reflection']


def break_it(bed):
    bed.nginx.reconfigure(allow_origin='$http_origin')
