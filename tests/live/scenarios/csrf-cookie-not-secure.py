"""The CSRF cookie is sent over HTTP too."""
RED = ['https.csrf-cookie', 'deploy-check.clean']


def break_it(bed):
    bed.django.reconfigure(settings={'CSRF_COOKIE_SECURE': False})
