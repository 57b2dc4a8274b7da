"""The settings name no STATIC_ROOT: nothing was ever collected into one."""
RED = ['static.root-defined']


def break_it(bed):
    bed.django.reconfigure(settings={
        'STATIC_ROOT': None,
        'STATICFILES_STORAGE': 'django.contrib.staticfiles.storage.StaticFilesStorage'})
