"""The user that Django runs as owns a module of the project."""
RED = ['exposure.process-user']


def break_it(bed):
    bed.chown(bed.django.project / 'shop' / 'views.py', 'daemon')
