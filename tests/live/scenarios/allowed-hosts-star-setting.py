"""ALLOWED_HOSTS is ['*'], and only nginx stands between a stranger's Host and Django."""
RED = ['allowed-hosts.setting']


def break_it(bed):
    bed.django.reconfigure(settings={'ALLOWED_HOSTS': ['*']})
