"""pgBackRest's stanza is of a cluster without the site's database."""
RED = ['backups.of-this-site']


def break_it(bed):
    bed.pgbackrest.make()
    bed.add_set(bed.pgbackrest.block().replace('of: default', 'of: reports'))
    bed.edit_site('3306/shop', '3306/ledger')
