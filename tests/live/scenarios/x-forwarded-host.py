"""nginx passes on a client's X-Forwarded-Host, and Django believes it."""
RED = ['allowed-hosts.forwarded-host', 'allowed-hosts.no-reflection', 'allowed-hosts.setting']


def break_it(bed):
    bed.nginx.reconfigure(forwarded_host='$http_x_forwarded_host')
    bed.django.reconfigure(settings={'USE_X_FORWARDED_HOST': True, 'ALLOWED_HOSTS': ['*']})
