"""The front judges the first Host of a connection and lets every later one pass."""
from bed.front import INNER_PORT

RED = ['allowed-hosts.second-request']


def break_it(bed):
    bed.nginx.reconfigure(https=False, inner_port=INNER_PORT, host_pattern=None,
                          host_passed='shop.test')
    bed.front.reconfigure(on=True)
