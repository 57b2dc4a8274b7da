"""Over HTTP every Host is redirected to itself, strangers too."""
RED = ['allowed-hosts.no-reflection', 'https.redirect-same-host']


def break_it(bed):
    bed.nginx.reconfigure(unknown_host_http='return 301 https://$host$request_uri;')
