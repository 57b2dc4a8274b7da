"""Nothing is wrong: the site logs to stderr, and what it says arrives in the journal."""
RED = []


def break_it(bed):
    bed.journald.take_over()
