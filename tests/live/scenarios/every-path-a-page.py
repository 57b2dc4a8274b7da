"""Every path that does not exist is answered 200, by one page: no file is exposed by that."""
RED = []


def break_it(bed):
    page = "<!doctype html><title>Shop</title>SECRET_KEY= Django= PRIVATE KEY----- CREATE TABLE"
    bed.nginx.reconfigure(locations={
        r'~ "^/(?!media/|static/)(\.|.*\.(py|sql|gz|key|txt|yml)$)"': ['default_type text/html;',
                                                      f'return 200 "{page}";']})
