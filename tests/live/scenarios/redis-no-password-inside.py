"""Redis is closed to strangers, and lets whoever sits on an app server in without a password."""
RED = ['caches.auth', 'caches.least-privilege']


def break_it(bed):
    bed.redis.reconfigure(default_user='on nopass ~* &* +@all', protected_mode='no')
