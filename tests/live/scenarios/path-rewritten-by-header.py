"""The front believes a client's X-Original-URL, and serves that path instead."""
RED = ['allowed-hosts.forwarded-host']


def break_it(bed):
    bed.nginx.reconfigure(
        lines=['if ($http_x_original_url) { rewrite ^ $http_x_original_url last; }'])
