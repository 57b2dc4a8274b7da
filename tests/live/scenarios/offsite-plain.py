"""The copy of the database on another machine is there for everybody to read."""
RED = ['backups.encrypted']


def break_it(bed):
    copy = bed.offsite.copies('db-*')[-1]
    bed.journal.rewrite(copy, bed.dumps()[-1].read_bytes())
