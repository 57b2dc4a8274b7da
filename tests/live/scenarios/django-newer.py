"""Nothing is wrong: the site runs on a newer Django than Debian's own."""
RED = []


def break_it(bed):
    bed.django.renew()
