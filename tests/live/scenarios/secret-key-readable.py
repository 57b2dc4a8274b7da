"""Everybody on the app host may read the file with SECRET_KEY."""
RED = ['secret-key.file-private']


def break_it(bed):
    bed.chmod(bed.path('etc/shop/secret_key'), 0o644)
