"""SECRET_KEY was committed once, on a branch that nobody looks at, and packed."""
RED = ['secret-key.not-in-git']


def break_it(bed):
    bed.django.commit_once((bed.path('etc/shop/secret_key')).read_text())
