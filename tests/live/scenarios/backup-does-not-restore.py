"""The newest dump is read to its end, and does not restore: the table that its rows are for is another."""
RED = ['backups.restorable']


def break_it(bed):
    newest = bed.dumps()[-1]
    data = newest.read_bytes()
    assert b'CREATE TABLE public.shop_product (' in data
    bed.journal.rewrite(newest, data.replace(b'CREATE TABLE public.shop_product (',
                                             b'CREATE TABLE public.shop_produkt ('))
    bed.forget_drills()
