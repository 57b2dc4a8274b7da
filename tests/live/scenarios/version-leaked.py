"""nginx tells its version."""
RED = ['headers.version-leak']


def break_it(bed):
    bed.nginx.reconfigure(tokens='on')
