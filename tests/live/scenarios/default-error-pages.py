"""The project has no templates for errors: Django's own one-line pages are shown."""
RED = ['error-views.custom']


def break_it(bed):
    for name in ('403_csrf.html', '404.html', '500.html'):
        bed.journal.remove(bed.django.project / 'shop/templates' / name)
    bed.django.reconfigure(settings={'APPEND_SLASH': True})    # templates are cached: start anew
