"""The newest copy in the object store is far smaller than those before it."""
RED = ['backups.complete']


def break_it(bed):
    *before, newest = bed.s3.kept()
    for path in before:
        bed.journal.rewrite(path, path.read_bytes() * (1 + 300_000 // path.stat().st_size))
