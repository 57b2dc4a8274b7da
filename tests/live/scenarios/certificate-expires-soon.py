"""The certificate has five days left of its ninety."""
RED = ['https.certificate-expiry']


def break_it(bed):
    bed.nginx.reconfigure(certificate=bed.certificates.sign('late', begins=-85))
