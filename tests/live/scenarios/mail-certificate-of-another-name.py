"""A newer Django names its mail server as its certificate does not, so no mail leaves."""
RED = ['error-reporting.recipients']


def break_it(bed):
    bed.django.renew(settings={'EMAIL_HOST': 'localhost'})
