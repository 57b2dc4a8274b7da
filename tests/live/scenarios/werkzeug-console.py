"""Werkzeug's console answers, as runserver_plus brings it along."""
RED = ['debug.tools-absent']


def break_it(bed):
    page = ('<!doctype html><title>Console // Werkzeug Debugger</title>'
            '<script>var CONSOLE_MODE = true, EVALEX = true</script>')
    bed.nginx.reconfigure(locations={'= /console': ['default_type text/html;',
                                                    f"return 200 '{page}';"]})
