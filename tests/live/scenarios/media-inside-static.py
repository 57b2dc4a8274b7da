"""MEDIA_ROOT lies in STATIC_ROOT."""
RED = ['media.separate']


def break_it(bed):
    bed.django.reconfigure(settings={'MEDIA_ROOT': str(bed.static / 'media')})
