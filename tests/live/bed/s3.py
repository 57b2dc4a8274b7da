"""An object store on a machine of its own: a bucket that is a directory, and requests that must be signed."""
from .service import Service, folder, place

import json
import pathlib
import shutil

SERVER = pathlib.Path(__file__).with_name('s3_server.py')
USER = 'nobody'


class S3(Service):
    name = 's3'
    ports = (9000,)
    healthy = {}
    bucket, prefix, region, access_key = 'shop-backups', 'database/', 'eu-test-1', 'BEDBACKUPS'

    def __init__(self, bed, host):
        super().__init__(bed, host)
        self.root = bed.path('var/s3')
        self.objects = self.root / self.bucket / self.prefix
        self.password = bed.path('etc/postflight/s3.pw')
        self.where = host.v4 if bed.loopback else 's3.test'

    def files(self, s):
        certificate, source = self.bed.certificates.pair('s3')
        key = self.etc / 'server.key'
        config = {'addresses': self.host.addresses, 'port': self.ports[0],
                  'certificate': str(certificate), 'key': str(key), 'root': str(self.root),
                  'region': self.region, 'keys': {self.access_key: self.secret},
                  'page': 2}      # small, so that three objects take two
        return {self.etc / 'server.json': (json.dumps(config), 'root', 0o600),
                key: (source.read_bytes(), 'root', 0o600)}

    def argv(self):
        return ['/usr/bin/python3', SERVER, self.etc / 'server.json']

    def create(self, secret):
        """Its key, its certificate, and a copy of every dump."""
        self.secret = secret
        place(self.password, secret + '\n', mode=0o600)
        names = [f'DNS:{name}' for name in ('s3.test',)]
        names += [f'IP:{address}' for address in self.host.addresses]
        self.bed.certificates.sign('s3', names=names)
        folder(self.objects)
        self.configure()
        self.start()

    def fill(self):
        for dump in self.bed.dumps():
            shutil.copy2(dump, self.objects)

    def reconfigure(self):
        """There is nothing to switch: what can be wrong is wrong with what it keeps."""

    def kept(self):
        """The copies, oldest first."""
        return sorted(self.objects.iterdir())
