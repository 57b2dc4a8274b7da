"""The app's user may run every command of Redis."""
RED = ['caches.least-privilege']


def break_it(bed):
    bed.redis.reconfigure(app_rights='~* &* +@all')
