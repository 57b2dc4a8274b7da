"""TLS 1.0 and 1.1 are still spoken, with ciphers that only security level 0 allows."""
RED = ['https.protocols', 'https.ciphers']


def break_it(bed):
    bed.nginx.reconfigure(protocols='TLSv1 TLSv1.1 TLSv1.2', ciphers='ECDHE+AES:@SECLEVEL=0')
