"""Apache lists the directories of static files and uploads."""
RED = ['static.no-listing', 'media.no-listing']


def break_it(bed):
    bed.apache.take_over(listing=True)
