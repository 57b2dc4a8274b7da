"""A cipher that does not encrypt is agreed to."""
RED = ['https.ciphers']


def break_it(bed):
    bed.nginx.reconfigure(ciphers='ECDHE+AESGCM:eNULL:@SECLEVEL=0')
