"""Static files are served by Django's own view."""
RED = ['static.served-by-front', 'static.caching']


def break_it(bed):
    bed.django.reconfigure(settings={'ROOT_URLCONF': 'shop.urls_serving'})
    bed.nginx.reconfigure(static_proxied=True)
