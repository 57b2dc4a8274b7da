"""The site logs to stderr, and nothing of it arrives in the journal."""
RED = ['logging.works']


def break_it(bed):
    bed.journald.take_over(deaf=True)
