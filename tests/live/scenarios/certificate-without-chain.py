"""The certificate is sent without the intermediate one that signed it."""
RED = ['https.certificate']


def break_it(bed):
    bed.nginx.reconfigure(certificate=bed.certificates.without_middle())
