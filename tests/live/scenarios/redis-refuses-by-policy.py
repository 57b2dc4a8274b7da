"""Everybody reaches Redis, which answers -DENIED: protected mode, no password set."""
RED = ['caches.only-app-servers']
# Protected mode denies the app as well, so what needs a session there cannot be seen.
UNKNOWN = ['caches.auth', 'caches.least-privilege', 'caches.supported-version', 'caches.tls',
           'caches.whole-topology']


def break_it(bed):
    bed.redis.reconfigure(default_user='on nopass ~* &* +@all')
    bed.open_firewall(6379)
