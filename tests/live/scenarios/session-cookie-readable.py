"""Scripts can read the session cookie, and it is sent over HTTP too."""
RED = ['https.session-cookie', 'deploy-check.clean']


def break_it(bed):
    bed.django.reconfigure(settings={'SESSION_COOKIE_SECURE': False,
                                     'SESSION_COOKIE_HTTPONLY': False})
