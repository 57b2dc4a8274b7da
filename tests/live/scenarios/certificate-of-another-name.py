"""The certificate is for another site."""
RED = ['https.certificate']


def break_it(bed):
    bed.nginx.reconfigure(certificate=bed.certificates.sign('elsewhere', names=['DNS:other.test']))
