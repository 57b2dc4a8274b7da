"""The CSRF cookie has a name of its own and is sent over HTTP too."""
RED = ['https.csrf-cookie', 'deploy-check.clean']


def break_it(bed):
    bed.django.reconfigure(settings={'CSRF_COOKIE_SECURE': False, 'CSRF_COOKIE_NAME': 'form'})
