"""Directories of static and media files are listed."""
RED = ['static.no-listing', 'media.no-listing']


def break_it(bed):
    bed.nginx.reconfigure(listing=True)
