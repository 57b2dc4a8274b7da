"""A key exchange without a certificate is agreed to."""
RED = ['https.ciphers']


def break_it(bed):
    bed.nginx.reconfigure(ciphers='ECDHE+AESGCM:AECDH:@SECLEVEL=0')
