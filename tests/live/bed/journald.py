"""The journal of the app host: what the site writes to stderr, as journald would keep it."""
import pathlib

from .service import Service, Unavailable, folder

REMOTE = pathlib.Path('/usr/lib/systemd/systemd-journal-remote')


class Journald(Service):
    name = 'journal'
    healthy = {'on': False, 'deaf': False}      # deaf: what the site says gets lost on the way

    def __init__(self, bed, host):
        super().__init__(bed, host)
        self.directory = bed.path('var/log/journal')

    def files(self, s):
        return {self.etc / 'journal.conf': (f'on = {s.on}\ndeaf = {s.deaf}\n', 'root', 0o644)}

    def apply(self):
        self.stop()
        for file in self.directory.glob('*'):
            file.unlink()
        if self.switches.on:
            super().start()

    def start(self):
        """Nothing to start on a healthy site, whose log is a file."""

    def ready(self, pid):
        return any(self.directory.glob('*.journal'))

    def argv(self):
        folder(self.directory)
        return ['/usr/bin/python3', pathlib.Path(__file__).with_name('journal_feeder.py'),
                self.bed.django.log, self.directory / 'app.journal', 'shop.service',
                *(['deaf'] if self.switches.deaf else [])]

    def take_over(self, **switches):
        """The site logs to stderr alone, and the site file names the journal instead of a file."""
        if not REMOTE.exists():
            raise Unavailable('systemd-journal-remote is not installed')
        log = self.bed.path('var/log/shop/django.log')
        self.bed.django.reconfigure(code="LOGGING['handlers']['file'] = {'class': 'logging.StreamHandler',"
                                         " 'formatter': 'line'}")
        self.reconfigure(on=True, **switches)
        self.bed.edit_site(f'files: [{log}]', f'journal: {self.directory}')
