"""The firewall refuses Redis to the app itself."""
RED = ['caches.only-app-servers']
UNKNOWN = ['caches.auth', 'caches.least-privilege', 'caches.supported-version', 'caches.tls',
           'caches.whole-topology']


def break_it(bed):
    bed.firewall.reconfigure(shut_to_app=[6379])
