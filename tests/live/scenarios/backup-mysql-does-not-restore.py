"""The newest dump of MariaDB ends as it should, and does not restore: the table of its rows is another."""
RED = ['backups.restorable']


def break_it(bed):
    newest = sorted(bed.backups.glob('reports-*.sql'))[-1]
    text = newest.read_text()
    assert 'INSERT INTO `report`' in text
    bed.journal.rewrite(newest, text.replace('INSERT INTO `report`', 'INSERT INTO `rapport`').encode())
    bed.forget_drills()
