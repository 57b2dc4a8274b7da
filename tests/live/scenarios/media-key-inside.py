"""Somebody put a private key among the uploads, to fetch it from there."""
RED = ['media.no-secrets']


def break_it(bed):
    bed.journal.create(bed.media / 'uploads' / 'deploy.pem', 'not a real key\n', 'daemon', 0o600)
