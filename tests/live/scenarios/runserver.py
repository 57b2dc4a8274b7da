"""The site is served by manage.py runserver, behind the same front."""
RED = ['runserver.not-serving']


def break_it(bed):
    bed.django.reconfigure(server='runserver')
