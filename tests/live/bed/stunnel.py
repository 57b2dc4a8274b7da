"""stunnel in front of a Redis that has no TLS of its own."""
from .service import Service

PORT, PLAIN_PORT = 6390, 6391


class Stunnel(Service):
    name = 'stunnel'
    user = 'redis'
    ports = (PORT,)
    healthy = {
        'running': False,
        'connect': PLAIN_PORT,
    }

    def files(self, s):
        certificate, source = self.bed.certificates.pair('db')
        services = ''.join(f'''[redis{number}]
accept = {address}:{PORT}
connect = 127.0.0.1:{s.connect}
cert = {certificate}
key = {self.etc}/server.key
''' for number, address in enumerate(self.host.addresses))
        conf = f'; {"running" if s.running else "stopped"}\nforeground = yes\npid =\n{services}'
        return {self.etc / 'server.key': (source.read_bytes(), self.user, 0o600),
                self.etc / 'stunnel.conf': (conf, self.user, 0o640)}

    def argv(self):
        return ['/usr/bin/stunnel4', self.etc / 'stunnel.conf']

    def start(self):
        if self.switches.running:
            super().start()

    def between(self, **switches):
        """Takes its place: the site file names its port, the packet filter treats it as a store."""
        self.bed.firewall.reconfigure(more_stores=(PORT,))
        self.bed.redis.reconfigure(plain_port=PLAIN_PORT)
        self.reconfigure(running=True, **switches)
        self.bed.edit_site(':6379/', f':{PORT}/')
