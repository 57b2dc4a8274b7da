"""www.shop.test is declared, but ALLOWED_HOSTS forgot it: every page there is a 400."""
RED = ['allowed-hosts.declared-hosts-work']


def break_it(bed):
    bed.django.reconfigure(settings={'ALLOWED_HOSTS': ['shop.test']})
