"""Redis needs no password and everybody reaches it."""
RED = ['caches.only-app-servers', 'caches.auth', 'caches.least-privilege']


def break_it(bed):
    bed.redis.reconfigure(default_user='on nopass ~* &* +@all', protected_mode='no')
    bed.open_firewall(6379)
