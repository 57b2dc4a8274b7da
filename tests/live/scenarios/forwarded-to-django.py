"""nginx passes on every Host and leaves it to Django, whose ALLOWED_HOSTS refuses it."""
RED = ['allowed-hosts.stopped-at-front', 'allowed-hosts.absolute-form']


def break_it(bed):
    bed.nginx.reconfigure(unknown_host='proxy')
