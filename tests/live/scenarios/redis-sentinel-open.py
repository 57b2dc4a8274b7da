"""The Sentinel beside Redis obeys whoever reaches it, which is everybody on IPv6."""
RED = ['caches.whole-topology']


def break_it(bed):
    bed.sentinel.reconfigure(password=False)
    bed.open_firewall(26379, open_families=['ip6'])
