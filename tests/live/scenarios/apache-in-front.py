"""Apache in nginx's place, set up with the same care: as good as nginx."""
RED = []


def break_it(bed):
    bed.apache.take_over()
