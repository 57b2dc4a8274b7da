"""Redis shows a certificate that nobody vouches for."""
RED = ['caches.tls']
# The app's password is not handed to a stranger, so what needs it cannot be seen.
UNKNOWN = ['caches.least-privilege', 'caches.supported-version', 'caches.whole-topology']


def break_it(bed):
    bed.redis.reconfigure(certificate=bed.certificates.untrusted())
