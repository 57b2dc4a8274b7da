"""The certificate should have been renewed five days ago."""
RED = ['https.certificate-expiry']


def break_it(bed):
    bed.nginx.reconfigure(certificate=bed.certificates.sign('overdue', begins=-65))
