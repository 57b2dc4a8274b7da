"""An uploaded file may be written by everybody."""
RED = ['media.not-writable-by-others']


def break_it(bed):
    bed.chmod(bed.media / 'uploads' / 'lamp.jpg', 0o666)
