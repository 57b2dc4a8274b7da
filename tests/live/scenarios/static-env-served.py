"""A file of secrets lies among the static files."""
RED = ['static.no-sources']


def break_it(bed):
    bed.journal.create(bed.static / '.env', 'SECRET_KEY=not-a-real-one\n', 'bin', 0o644)
