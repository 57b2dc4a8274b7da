"""Every subdomain is served the site, though none is declared."""
RED = ['allowed-hosts.subdomains']


def break_it(bed):
    bed.nginx.reconfigure(server_names=['.shop.test'], host_pattern=r'([a-z0-9-]+\.)?shop\.test')
    bed.django.reconfigure(settings={'ALLOWED_HOSTS': ['.shop.test']})
