"""The site is served under its bare addresses, IPv4 and IPv6."""
import re

RED = ['allowed-hosts.ip-rejected']


def break_it(bed):
    v4, v6 = bed.hosts['app'].addresses
    names = ['shop.test', 'www.shop.test', v4, f'[{v6}]']
    pattern = '|'.join(re.escape(name) for name in names)
    bed.nginx.reconfigure(server_names=names, host_pattern=pattern)
    bed.django.reconfigure(settings={'ALLOWED_HOSTS': names})
