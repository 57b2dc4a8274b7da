"""The job dumps the database of the staging site."""
RED = ['backups.of-this-site']


def break_it(bed):
    newest = bed.dumps()[-1]
    data = newest.read_bytes()
    name = b'\x00\x04\x00\x00\x00shop'
    assert name in data[:80]
    bed.journal.rewrite(newest, data.replace(name, b'\x00\x04\x00\x00\x00demo', 1))
