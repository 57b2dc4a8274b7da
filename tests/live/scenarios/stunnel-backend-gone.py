"""stunnel shakes hands and has no Redis to hand on to: the app cannot get in."""
RED = []
BLIND = ['caches.only-app-servers']
UNKNOWN = ['caches.auth', 'caches.least-privilege', 'caches.supported-version', 'caches.tls',
           'caches.whole-topology']


def break_it(bed):
    bed.stunnel.between(connect=1)
