"""gunicorn listens on the app host's own address, and no firewall stands before it."""
RED = ['https.backend-hidden']


def break_it(bed):
    app = bed.hosts['app']
    bed.django.reconfigure(bind=['127.0.0.1:8000', *app.sockets(8000)])
