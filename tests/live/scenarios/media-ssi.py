"""Server side includes are worked out in uploads."""
RED = ['media.not-executed']


def break_it(bed):
    bed.nginx.reconfigure(media_ssi=True)
