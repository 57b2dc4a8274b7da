"""Mode bits say that the web server may only read; an access control list on ext4 says otherwise."""
RED = ['static.not-writable']


def break_it(bed):
    bed.ext4.reconfigure(acl='u:www-data:rwx')
