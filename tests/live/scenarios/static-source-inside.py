"""A settings file lies among the static files."""
RED = ['static.no-sources']


def break_it(bed):
    bed.journal.create(bed.static / 'shop' / 'local_settings.py', 'DEBUG = False\n', 'bin', 0o644)
