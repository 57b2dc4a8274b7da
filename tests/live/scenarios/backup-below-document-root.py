"""The newest dump can be fetched: its directory is one of the web server's."""
RED = ['backups.not-served']


def break_it(bed):
    served = bed.path('var/www/shop/kept')
    newest = bed.dumps()[-1]
    bed.journal.create(served, newest.read_bytes(), 'bin', 0o644)
    bed.nginx.reconfigure(locations={f'= /backups/{newest.name}': [f'alias {served};']})
