"""The broken front of pinning_front.py as a service: off on a healthy site."""
import pathlib

from .nginx import SITE_NAMES
from .service import Service

INNER_PORT = 8081


class PinningFront(Service):
    name = 'front'
    ports = (443,)
    healthy = {'on': False}

    def files(self, s):
        return {self.etc / 'front.conf': (f'on = {s.on}\n', 'root', 0o644)}

    def apply(self):
        self.stop()
        if self.switches.on:
            super().start()

    def start(self):
        """Nothing to start on a healthy site."""

    def argv(self):
        certificate, key = self.bed.certificates.pair('site')
        words = ['--certificate', certificate, '--key', key, '--inner-port', INNER_PORT,
                 '--user', 'www-data']
        for address in self.host.addresses:
            words += ['--listen', address]
        for name in SITE_NAMES:
            words += ['--host', name]
        return ['/usr/bin/python3', pathlib.Path(__file__).with_name('pinning_front.py'), *words]
