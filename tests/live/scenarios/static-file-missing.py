"""A file that the manifest of static files names is not there."""
RED = ['static.complete']


def break_it(bed):
    bed.journal.remove(sorted(bed.static.glob('admin/img/icon-clock.*.svg'))[0])
