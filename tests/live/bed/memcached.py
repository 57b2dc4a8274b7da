"""memcached on the db host: TCP on the private addresses, UDP off."""
import shlex

from .service import Service


class Memcached(Service):
    name = 'memcached'
    ports = (11211,)
    healthy = {'udp_port': 0}

    def files(self, s):
        """memcached reads no file of its own; this one holds its arguments, as Debian's does."""
        words = ['-u', 'memcache', '-m', '32', '-p', '11211', '-U', str(s.udp_port),
                 '-l', ','.join(self.host.addresses)]
        return {self.etc / 'memcached.conf': (shlex.join(words) + '\n', 'root', 0o644)}

    def argv(self):
        return ['memcached', *shlex.split((self.etc / 'memcached.conf').read_text())]
