"""After so many requests the front answers 429: whoever is banned half-way has not seen the rest."""
RED = []
BLIND = ['exposure.files', 'headers.version-leak']
UNKNOWN = ['runserver.*', 'debug.*', 'allowed-hosts.*', 'backups.not-served', 'deploy-check.*', 'error-views.*',
           'exposure.*', 'headers.*', 'https.*', 'logging.works', 'media.*', 'static.*']


def break_it(bed):
    bed.nginx.reconfigure(most_requests=60)
