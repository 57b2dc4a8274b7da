"""Plain HTTP redirects, but for a directory that it serves and HTTPS does not."""
RED = ['exposure.files']


def break_it(bed):
    root = bed.path('var/www/old')
    bed.journal.create(root / '.git/HEAD', 'ref: refs/heads/main\n', 'bin', 0o644)
    bed.nginx.reconfigure(plain_locations={'/.git/': [f'root {root};']})
