"""DEBUG is on, under a newer Django."""
RED = ['debug.off', 'deploy-check.clean', 'error-views.custom']


def break_it(bed):
    bed.django.renew(settings={'DEBUG': True})
