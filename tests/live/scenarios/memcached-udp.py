"""memcached answers over UDP, to everybody."""
RED = ['caches.memcached-udp']


def break_it(bed):
    bed.memcached.reconfigure(udp_port=11211)
    bed.firewall.reconfigure(open_udp=[11211])
