"""What every service of the bed shares: configuration from switches, a restart when it changed."""
import grp
import os
import pwd
import shutil
import signal
from types import SimpleNamespace

from .processes import wait_for


class BedError(Exception):
    """What the person at the keyboard can mend; shown without a traceback."""


class Unavailable(BedError):
    """What this machine cannot have: nothing is wrong with the bed, but this cannot be tried."""


def place(path, text, user='root', mode=0o644, group=None):
    """Writes a file with exactly this owner, group and mode; True when its text changed."""
    data = text if isinstance(text, bytes) else text.encode()
    changed = not path.exists() or path.read_bytes() != data
    if changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    shutil.chown(path, user, group or group_of(user))
    os.chmod(path, mode)
    return changed


def folder(path, user='root', mode=0o755):
    """Makes a directory, and its parents as root's, with exactly this owner and mode."""
    path.mkdir(parents=True, exist_ok=True)
    shutil.chown(path, user, group_of(user))
    os.chmod(path, mode)
    return path


def group_of(user):
    return grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name


class Service:
    """A server process. `reconfigure` without switches means healthy: mending takes no more."""

    name = ''
    ports = ()          # what it listens on when it is ready
    healthy = {}        # every switch there is, with the value of a good host
    user = None
    kindly = signal.SIGTERM

    def __init__(self, bed, host):
        self.bed, self.host = bed, host
        self.etc = bed.path('etc', self.name)
        self.log = bed.path('var/log', f'{self.name}.log')
        self.switches = SimpleNamespace(**self.healthy)

    def files(self, s):
        """The configuration for these switches: {path: (text, owner, mode)}."""
        raise NotImplementedError

    def argv(self):
        raise NotImplementedError

    def configure(self, **switches):
        """Writes the configuration; True when that changed any file."""
        unknown = set(switches) - set(self.healthy)
        if unknown:
            raise TypeError(f'{self.name} has no switch {", ".join(sorted(unknown))}')
        self.switches = SimpleNamespace(**{**self.healthy, **switches})
        written = [place(path, *rest) for path, rest in self.files(self.switches).items()]
        return any(written)

    def reconfigure(self, **switches):
        """Takes the service to these switches, and returns when it serves them."""
        if self.configure(**switches):
            self.apply()

    def apply(self):
        self.stop()
        self.start()

    def start(self):
        pid = self.bed.processes.start(self.name, self.host, self.argv(), self.log, self.user)
        if not wait_for(lambda: self.pid() is None or self.ready(pid), 15) or self.pid() is None:
            raise RuntimeError(f'{self.name} does not come up; see {self.log}\n'
                               f'{self.last_words()}')

    def stop(self):
        self.bed.processes.stop(self.name, self.kindly)

    def pid(self):
        return self.bed.processes.pid(self.name)

    def ready(self, pid):
        return all(self.bed.processes.listens(pid, port) for port in self.ports)

    def last_words(self):
        return '\n'.join(self.log.read_text(errors='replace').splitlines()[-15:])
