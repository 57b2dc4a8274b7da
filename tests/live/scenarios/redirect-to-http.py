"""HTTP redirects to HTTP on the other name, so nobody ever arrives at HTTPS."""
RED = ['https.redirect-all', 'https.redirect-same-host', 'deploy-check.agrees']


def break_it(bed):
    bed.nginx.reconfigure(redirect={'shop.test': 'http://www.shop.test$request_uri',
                                    'www.shop.test': 'http://shop.test$request_uri'})
