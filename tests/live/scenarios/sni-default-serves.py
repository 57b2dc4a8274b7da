"""A TLS handshake for an unknown name, or none, succeeds and leads to the site."""
RED = ['allowed-hosts.sni']


def break_it(bed):
    bed.nginx.reconfigure(unknown_sni='accept')
