"""The app takes any certificate for its database's: sslmode=require."""
RED = ['databases.tls-required']


def break_it(bed):
    bed.django.reconfigure(code="DATABASES['default']['OPTIONS']['sslmode'] = 'require'")
