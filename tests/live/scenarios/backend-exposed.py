"""gunicorn listens on all addresses, so it answers without nginx."""
RED = ['https.backend-hidden', 'exposure.listeners']


def break_it(bed):
    # On Linux one wildcard socket of IPv6 takes IPv4 as well.
    bed.django.reconfigure(bind=['[::]:8000'])
