"""The Diffie-Hellman group has 1024 bits."""
RED = ['https.ciphers']


def break_it(bed):
    certificate = bed.certificates.sign('rsa', key_kind=['rsa:2048'])
    bed.nginx.reconfigure(certificate=certificate, group_bits=1024,
                          ciphers='ECDHE+AESGCM:DHE+AESGCM:@SECLEVEL=0')
