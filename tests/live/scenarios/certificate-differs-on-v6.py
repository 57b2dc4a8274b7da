"""The IPv6 address shows another certificate than the IPv4 one."""
RED = ['https.certificate']


def break_it(bed):
    bed.nginx.reconfigure(certificate_v6=bed.certificates.sign('other'))
