"""By its other name the site sends visitors to the first one at once."""
RED = ['https.redirect-same-host']


def break_it(bed):
    bed.nginx.reconfigure(redirect={'www.shop.test': 'https://shop.test$request_uri'})
