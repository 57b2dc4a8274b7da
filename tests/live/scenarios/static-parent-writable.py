"""The web server may write to the parent of STATIC_ROOT, and so put another in its place."""
RED = ['static.not-writable']


def break_it(bed):
    bed.chown(bed.static.parent, 'root', 'www-data')
    bed.chmod(bed.static.parent, 0o775)
