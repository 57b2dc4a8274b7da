"""The newest copy in the object store is three days old; those on disk are fresh."""
RED = ['backups.fresh']


def break_it(bed):
    for path, hours in zip(bed.s3.kept(), (120, 96, 72)):
        bed.journal.age(path, hours)
