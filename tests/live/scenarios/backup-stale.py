"""The newest backups, of database and media alike, are three days old."""
RED = ['backups.fresh']


def break_it(bed):
    for generations in (bed.dumps(), bed.archives()):
        for path, hours in zip(generations, (120, 96, 72)):
            bed.journal.age(path, hours)
