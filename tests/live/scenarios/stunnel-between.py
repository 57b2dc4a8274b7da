"""stunnel gives a Redis without TLS its TLS: as good as Redis' own."""
RED = []


def break_it(bed):
    bed.stunnel.between()
