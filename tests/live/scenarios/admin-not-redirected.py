"""The redirect to HTTPS forgets /admin/."""
RED = ['https.redirect-all']


def break_it(bed):
    bed.nginx.reconfigure(plain_paths=['/admin/'])
