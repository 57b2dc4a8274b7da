"""memcached on the db host: TCP on the private addresses, UDP off."""
import pathlib
import re
import shlex
import shutil

from .service import Service


class Memcached(Service):
    name = 'memcached'
    ports = (11211,)
    healthy = {'udp_port': 0,
               'release': None}     # what it says it is, instead of the truth

    def files(self, s):
        """memcached reads no file of its own; this one holds its arguments, as Debian's does."""
        words = ['-u', 'memcache', '-m', '32', '-p', '11211', '-U', str(s.udp_port),
                 '-l', ','.join(self.host.addresses)]
        text = f'# says it is {s.release or "what it is"}\n{shlex.join(words)}\n'
        return {self.etc / 'memcached.conf': (text, 'root', 0o644)}

    def argv(self):
        words = shlex.split((self.etc / 'memcached.conf').read_text(), comments=True)
        return [self.program(), *words]

    def program(self):
        """No distribution has one that old and the rest of the bed: a copy says that it is."""
        release, real = self.switches.release, pathlib.Path(shutil.which('memcached'))
        if not release:
            return str(real)
        code = real.read_bytes()
        said = max(re.findall(rb'\d\.\d\.\d\d(?=\0)', code), key=code.count)
        old = self.etc / f'memcached-{release}'
        old.write_bytes(code.replace(said, release.encode().ljust(len(said), b'\0')))
        old.chmod(0o755)
        return str(old)
