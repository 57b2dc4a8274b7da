"""The replica of Redis needs no password and everybody reaches it; the master is well kept."""
RED = ['caches.whole-topology']


def break_it(bed):
    bed.replica.reconfigure(default_user='on nopass ~* &* +@all', protected_mode='no')
    bed.open_firewall(6380)
