"""Certificates: the bed's own authority, one the clients do not know, and what both sign."""
import subprocess

from .service import folder, place


class Certificates:
    def __init__(self, directory):
        self.directory = directory
        self.authority = directory / 'ca.pem'

    def pair(self, name):
        """(certificate, key) as paths."""
        return self.directory / f'{name}.pem', self.directory / f'{name}.key'

    def make(self, site_names, db_names):
        """The site's certificate, the same from an unknown authority, and the database's."""
        folder(self.directory)
        self._authority('ca', 'postflight test bed CA')
        self._authority('stranger-ca', 'Somebody Else CA')
        self._sign('site', 'ca', site_names)
        self._sign('untrusted', 'stranger-ca', site_names)
        self._sign('db', 'ca', db_names)

    def _authority(self, name, subject):
        certificate, key = self.pair(name)
        openssl('req', '-x509', *new_key(key), '-out', certificate, '-days', '365',
                '-subj', f'/CN={subject}', '-addext', 'keyUsage=critical,keyCertSign,cRLSign')

    def _sign(self, name, authority, names):
        certificate, key = self.pair(name)
        ca, ca_key = self.pair(authority)
        request = self.directory / f'{name}.csr'
        extensions = self.directory / f'{name}.ext'
        place(extensions, 'basicConstraints=critical,CA:FALSE\n'
                          'keyUsage=critical,digitalSignature\n'
                          'extendedKeyUsage=serverAuth\nsubjectKeyIdentifier=hash\n'
                          f'authorityKeyIdentifier=keyid\nsubjectAltName={",".join(names)}\n')
        openssl('req', '-new', *new_key(key), '-out', request, '-subj', f'/CN={name}')
        openssl('x509', '-req', '-in', request, '-CA', ca, '-CAkey', ca_key, '-CAcreateserial',
                '-days', '90', '-extfile', extensions, '-out', certificate)
        request.unlink()
        extensions.unlink()


def new_key(path):
    return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', path]


def openssl(*words):
    done = subprocess.run(['openssl', *map(str, words)], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f'openssl {words[0]}: {done.stderr}')
