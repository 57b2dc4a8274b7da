"""Everybody on the app host can read the SQLite database."""
RED = ['databases.sqlite-file']


def break_it(bed):
    bed.chmod(bed.search.parent, 0o755)
    bed.chmod(bed.search, 0o644)
