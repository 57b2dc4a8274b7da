"""The certificate expired yesterday."""
RED = ['https.certificate', 'https.certificate-expiry']


def break_it(bed):
    bed.nginx.reconfigure(certificate=bed.certificates.sign('expired', begins=-91))
