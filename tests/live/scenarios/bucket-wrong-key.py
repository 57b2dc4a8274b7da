"""The object store does not take our key any more: what it keeps cannot be seen."""
RED = []
BLIND = ['backups.exist', 'backups.fresh', 'backups.retention', 'backups.complete']


def break_it(bed):
    bed.journal.rewrite(bed.s3.password, b'another-key-that-nobody-knows\n')
