"""The certificate comes with the intermediate one that signed it: nothing is wrong."""
RED = []


def break_it(bed):
    bed.nginx.reconfigure(certificate=bed.certificates.with_middle())
