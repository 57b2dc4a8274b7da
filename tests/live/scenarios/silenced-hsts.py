"""HSTS is left to a front that does not send it, and the check that would say so is silenced."""
RED = ['deploy-check.silenced', 'https.hsts']


def break_it(bed):
    bed.django.reconfigure(settings={'SECURE_HSTS_SECONDS': 0, 'SILENCED_SYSTEM_CHECKS':
                                     ['security.W004']})
    bed.nginx.reconfigure(hsts=None)
