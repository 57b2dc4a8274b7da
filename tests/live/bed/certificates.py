"""Certificates: the bed's own authority, one the clients do not know, and what both sign."""
import subprocess
import time

from .service import folder, place

DAY = 86400
# What `openssl ca` wants to know before it signs; `x509 -req` cannot set when a certificate begins.
CA_CONFIG = """[ca]
default_ca = bed
[bed]
database = {directory}/index
serial = {directory}/serial
new_certs_dir = {directory}
default_md = {digest}
policy = any
unique_subject = no
[any]
commonName = supplied
"""
END = """basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature,keyEncipherment
extendedKeyUsage=serverAuth
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
subjectAltName={names}
"""
MIDDLE = """basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
"""


class Certificates:
    def __init__(self, directory):
        self.directory = directory
        self.authority = directory / 'ca.pem'

    def pair(self, name):
        """(certificate, key) as paths."""
        return self.directory / f'{name}.pem', self.directory / f'{name}.key'

    def make(self, site_names, db_names, mail_names):
        """The site's certificate, the database's, the mail server's. The wrong ones are made when asked for."""
        folder(self.directory)
        self._authority('ca', 'postflight test bed CA')
        self.sign('site', names=site_names)
        self.sign('db', names=db_names)
        self.sign('mail', names=mail_names)

    def untrusted(self):
        """The site's, from an authority that nobody knows."""
        self._authority('stranger-ca', 'Somebody Else CA')
        return self.sign('untrusted', 'stranger-ca')

    def without_middle(self):
        """From an authority in between, which is not sent along."""
        self.sign('middle-ca', extensions=MIDDLE)
        return self.sign('chainless', 'middle-ca')

    def with_middle(self):
        """The same with the whole chain."""
        self.without_middle()
        certificate, key = self.pair('chained')
        whole = b''.join(self.pair(part)[0].read_bytes() for part in ('chainless', 'middle-ca'))
        place(certificate, whole)
        place(key, self.pair('chainless')[1].read_bytes(), mode=0o600)
        return 'chained'

    def _authority(self, name, subject):
        certificate, key = self.pair(name)
        openssl('req', '-x509', *new_key(key), '-out', certificate, '-days', '365',
                '-subj', f'/CN={subject}', '-addext', 'keyUsage=critical,keyCertSign,cRLSign')

    def sign(self, name, authority='ca', names=None, begins=0, days=90, key_kind=None,
             digest='sha256', extensions=END):
        """Makes a certificate that begins so many days from now; returns its name."""
        certificate, key = self.pair(name)
        ca, ca_key = self.pair(authority)
        request, config = self.directory / f'{name}.csr', self.directory / f'{name}.cnf'
        names = names or ['DNS:shop.test', 'DNS:www.shop.test']
        place(self.directory / 'index', '')
        place(self.directory / 'serial', f'{time.time_ns():016X}\n')
        place(config, CA_CONFIG.format(directory=self.directory, digest=digest))
        text = self.directory / f'{name}.ext'
        place(text, extensions.format(names=','.join(names)))
        start = time.time() + begins * DAY
        openssl('req', '-new', *new_key(key, key_kind), '-out', request, '-subj', f'/CN={name}')
        openssl('ca', '-batch', '-notext', '-config', config, '-in', request, '-out', certificate,
                '-cert', ca, '-keyfile', ca_key, '-extfile', text, '-startdate', stamp(start),
                '-enddate', stamp(start + days * DAY))
        for path in (request, config, text):
            path.unlink()
        return name


def stamp(seconds):
    return time.strftime('%Y%m%d%H%M%SZ', time.gmtime(seconds))


def new_key(path, kind=None):
    kind = kind or ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256']
    return ['-newkey', *kind, '-nodes', '-keyout', path]


def openssl(*words):
    done = subprocess.run(['openssl', *map(str, words)], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f'openssl {words[0]}: {done.stderr}')
