"""A client's X-Forwarded-Host reaches Django, which refuses it: anybody can make a page a 400."""
RED = ['allowed-hosts.forwarded-host', 'allowed-hosts.setting']


def break_it(bed):
    bed.nginx.reconfigure(forwarded_host='$http_x_forwarded_host')
    bed.django.reconfigure(settings={'USE_X_FORWARDED_HOST': True})
