"""Staging was made by copying the site, its SECRET_KEY too."""
RED = ['secret-key.not-shared']


def break_it(bed):
    history = f'history: {bed.path("var/shared.db")}'
    bed.path('var/shared.db').unlink(missing_ok=True)
    bed.edit_site('site: shop\n', f'site: shop\n{history}\n')
    bed.sibling.audit(bed.path('etc/shop/secret_key').read_text().strip(), history)
