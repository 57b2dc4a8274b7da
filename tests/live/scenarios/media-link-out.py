"""A symbolic link among the uploads leads out of MEDIA_ROOT."""
RED = ['media.no-escape']


def break_it(bed):
    bed.journal.link(bed.media / 'uploads' / 'names.txt', '/etc/hostname')
