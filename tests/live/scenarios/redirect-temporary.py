"""The redirect to HTTPS is a 302, asked for anew each time."""
RED = ['https.redirect-permanent']


def break_it(bed):
    bed.nginx.reconfigure(redirect_code=302)
