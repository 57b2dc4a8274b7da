"""The log file, and the directory it lies in, can be read by everybody."""
RED = ['logging.private']


def break_it(bed):
    bed.chmod(bed.path('var/log/shop'), 0o755)
    bed.chmod(bed.path('var/log/shop/django.log'), 0o644)
