"""The mail server that the shop hands its mail to: on the app host itself, as a relay would be."""
from .service import Service


class Mail(Service):
    name = 'mail'
    user = 'mail'
    ports = (2525,)
    healthy = {'tls': True}         # offers STARTTLS

    def address(self):
        return self.host.v4 if self.bed.loopback else '127.0.0.1'

    def files(self, s):
        certificate, key = self.bed.certificates.pair('mail')
        words = ['-n', '-c', 'aiosmtpd.handlers.Sink', '-l', f'{self.address()}:2525']
        if s.tls:
            words += ['--tlscert', str(certificate), '--tlskey', str(self.etc / 'key.pem'),
                      '--no-requiretls']
        return {self.etc / 'key.pem': (key.read_bytes(), self.user, 0o600),
                self.etc / 'arguments': ('\n'.join(words) + '\n', 'root', 0o644)}

    def argv(self):
        return ['/usr/bin/python3', '-m', 'aiosmtpd',
                *(self.etc / 'arguments').read_text().splitlines()]
