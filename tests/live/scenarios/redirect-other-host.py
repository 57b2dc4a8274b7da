"""HTTP on shop.test redirects straight to HTTPS on www.shop.test: HSTS never reaches shop.test."""
RED = ['https.redirect-same-host']


def break_it(bed):
    bed.nginx.reconfigure(redirect={'shop.test': 'https://www.shop.test$request_uri'})
