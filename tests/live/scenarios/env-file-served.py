"""A file of secrets is served, and the text of a key in a page that only quotes one is not one."""
RED = ['exposure.files']


def break_it(bed):
    env = bed.path('var/www/shop/env')
    bed.journal.create(env, 'SECRET_KEY=not-a-real-one\nDEBUG=0\n', 'bin', 0o644)
    page = "<!doctype html><title>Keys</title>-----BEGIN PRIVATE KEY----- is how one begins"
    bed.nginx.reconfigure(locations={
        '= /.env': [f'alias {env};', 'default_type text/plain;'],
        '= /server.key': ['default_type text/html;', f'return 200 "{page}";']})
