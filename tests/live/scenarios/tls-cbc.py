"""Ciphers in CBC mode are still agreed to."""
RED = ['https.ciphers']


def break_it(bed):
    bed.nginx.reconfigure(ciphers='ECDHE+AESGCM:ECDHE+AES')
