"""The front passes on what a client over HTTP says of its scheme."""
RED = ['https.proxy-proto']


def break_it(bed):
    bed.nginx.reconfigure(plain_paths=['= /'], plain_scheme='$http_x_forwarded_proto')
