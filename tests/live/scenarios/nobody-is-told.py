"""Nobody minds the site: mail gets nowhere, the log stays empty, old sessions are never cleared."""
RED = ['error-reporting.recipients', 'error-reporting.managers', 'logging.works',
       'sessions.cleared', 'error-views.custom']
CODE = """
EMAIL_PORT = 2526
MIDDLEWARE.insert(0, 'django.middleware.common.BrokenLinkEmailsMiddleware')
LOGGING['loggers']['django']['handlers'] = []
"""


def break_it(bed):
    bed.postgres.reconfigure(faults=['stale_sessions'])
    bed.journal.remove(bed.django.project / 'shop/templates/403_csrf.html')
    bed.django.reconfigure(code=CODE)
