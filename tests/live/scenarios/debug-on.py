"""DEBUG is on."""
RED = ['debug.off', 'deploy-check.clean', 'error-views.custom']


def break_it(bed):
    bed.django.reconfigure(settings={'DEBUG': True})
