"""What suits a developer's desk: a cache in each process, sessions in the database, mail printed."""
RED = ['caches.shared-backend', 'sessions.backend', 'conn-max-age.persistent', 'email.backend',
       'debug.template-debug', 'templates.cached-loader']
CODE = """
OPTIONS = TEMPLATES[0]['OPTIONS']
OPTIONS['debug'], OPTIONS['loaders'] = True, OPTIONS['loaders'][0][1]
DATABASES['default']['CONN_MAX_AGE'] = 0
CACHES = {'default': {'BACKEND': 'django.core.cache.backends.locmem.LocMemCache'}}
"""


def break_it(bed):
    bed.django.reconfigure(code=CODE, settings={
        'SESSION_ENGINE': 'django.contrib.sessions.backends.db',
        'EMAIL_BACKEND': 'django.core.mail.backends.console.EmailBackend'})
