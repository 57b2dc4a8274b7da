"""SECRET_KEY is a word, and so is the key of last year that may still sign."""
RED = ['secret-key.strength', 'secret-key.fallbacks-strength', 'deploy-check.clean']


def break_it(bed):
    bed.django.reconfigure(settings={'SECRET_KEY': 'shop-shop-shop',
                                     'SECRET_KEY_FALLBACKS': ['shop-2019']})
