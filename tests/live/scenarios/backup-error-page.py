"""The newest archive of the uploads is a proxy's error page, packed well."""
import gzip

RED = ['backups.complete']


def break_it(bed):
    page = b'<!DOCTYPE html>\n<html><title>502 Bad Gateway</title></html>\n'
    bed.journal.rewrite(bed.archives()[-1], gzip.compress(page))
