"""The certificate has an RSA key of 1024 bits."""
RED = ['https.certificate']


def break_it(bed):
    bed.nginx.reconfigure(certificate=bed.certificates.sign('weak', key_kind=['rsa:1024']),
                          ciphers='ECDHE+AESGCM:@SECLEVEL=0')
