"""The repository came along with the deployment, below a directory that is served."""
RED = ['exposure.files']


def break_it(bed):
    index = bed.path('var/www/shop/index')
    bed.journal.create(index, b'DIRC\x00\x00\x00\x02\x00\x00\x00\x00', 'bin', 0o644)
    bed.nginx.reconfigure(locations={'= /.git/index': [f'alias {index};']})
