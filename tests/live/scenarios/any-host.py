"""Any Host reaches Django, and ALLOWED_HOSTS = ['*'] serves it."""
RED = ['allowed-hosts.unknown-host-rejected', 'allowed-hosts.stopped-at-front',
       'allowed-hosts.ip-rejected', 'allowed-hosts.absolute-form', 'allowed-hosts.malformed',
       'allowed-hosts.no-reflection', 'allowed-hosts.subdomains', 'allowed-hosts.sni',
       'allowed-hosts.second-request', 'allowed-hosts.setting']


def break_it(bed):
    bed.nginx.reconfigure(unknown_host='proxy')
    bed.django.reconfigure(settings={'ALLOWED_HOSTS': ['*']})
