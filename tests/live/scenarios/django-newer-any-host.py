"""Any Host reaches a newer Django that serves them all, and has no pages of its own for errors."""
RED = ['allowed-hosts.unknown-host-rejected', 'allowed-hosts.stopped-at-front',
       'allowed-hosts.ip-rejected', 'allowed-hosts.absolute-form', 'allowed-hosts.malformed',
       'allowed-hosts.no-reflection', 'allowed-hosts.subdomains', 'allowed-hosts.sni',
       'allowed-hosts.second-request', 'allowed-hosts.setting', 'error-views.custom']


def break_it(bed):
    for name in ('403_csrf.html', '404.html', '500.html'):
        bed.journal.remove(bed.django.project / 'shop/templates' / name)
    bed.nginx.reconfigure(unknown_host='proxy')
    bed.django.renew(settings={'ALLOWED_HOSTS': ['*']})
