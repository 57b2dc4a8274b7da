"""The file with the database's password has an access control list that lets the web server in."""
RED = ['databases.password-private']


def break_it(bed):
    bed.journal.allow(bed.path('etc/shop/db_password'), 'u:www-data:r')
