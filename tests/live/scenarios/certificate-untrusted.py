"""The certificate is right in all but its authority, which nobody knows."""
RED = ['https.certificate']


def break_it(bed):
    bed.nginx.reconfigure(certificate=bed.certificates.untrusted())
