"""An uploaded file is executable."""
RED = ['media.no-exec-bits']


def break_it(bed):
    bed.chmod(bed.media / 'uploads' / 'letter.txt', 0o755)
