"""Apache honours an .htaccess that a visitor uploads."""
RED = ['media.not-executed']


def break_it(bed):
    bed.apache.take_over(overrides=True)
