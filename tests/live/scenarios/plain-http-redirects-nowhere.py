"""Over HTTP the front redirects to whatever Host it got, also to none at all."""
RED = ['allowed-hosts.malformed']


def break_it(bed):
    bed.nginx.reconfigure(
        unknown_host_http='if ($host = "") { return 301 https://$host/; } return 444;')
