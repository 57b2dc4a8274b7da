"""Further file systems: ext4 below the static files of the app host, one that hangs below its uploads, a
tiny one on the db host.

Mounted where the audit looks from: in the mount name space of the host that sshd leads to.
"""
import pathlib
import subprocess

from .service import BedError, folder
from .processes import wait_for

HANGING = pathlib.Path(__file__).with_name('hanging.py')


class Volume:
    """Looks like a service to the bed: `reconfigure` without switches means that it is not there."""

    host = 'app'

    def __init__(self, bed, path):
        self.bed, self.path = bed, path

    def inside(self):
        """What enters the name space; a bed on loopback has none to spare."""
        if self.bed.loopback:
            raise BedError('a file system of its own takes a name space: not on loopback')
        return ['nsenter', '-t', str(self.bed.processes.pid(f'sshd-{self.host}')), '-m', '--']

    def is_mounted(self):
        if self.bed.loopback:
            return False
        pid = self.bed.processes.pid(f'sshd-{self.host}')
        mounts = pathlib.Path(f'/proc/{pid}/mountinfo').read_text() if pid else ''
        return f' {self.path} ' in mounts

    def unmount(self):
        if self.is_mounted():
            run(*self.inside(), 'umount', '--lazy', self.path)
        if self.path.exists() and not self.is_mounted():
            self.path.rmdir()


class Ext4(Volume):
    """A loop-mounted ext4, with such an access control list on its root (setfacl(1))."""

    def __init__(self, bed):
        super().__init__(bed, bed.static / 'volume')
        self.image = bed.path('run/ext4.img')

    def reconfigure(self, acl=None, owner='bin'):
        self.unmount()
        self.image.unlink(missing_ok=True)
        if not acl:
            return
        folder(self.path, owner)
        with open(self.image, 'wb') as image:
            image.truncate(8 << 20)
        run('mkfs.ext4', '-q', '-m', '0', self.image)
        run(*self.inside(), 'mount', '-o', 'loop,acl', self.image, self.path)
        run(*self.inside(), 'rmdir', self.path / 'lost+found')
        run(*self.inside(), 'chown', f'{owner}:{owner}', self.path)
        run(*self.inside(), 'setfacl', '-m', acl, self.path)


class Tiny(Volume):
    """A tmpfs of one MiB."""

    host = 'db'

    def __init__(self, bed):
        super().__init__(bed, bed.path('run/tiny'))

    def reconfigure(self, mounted=False):
        self.unmount()
        if mounted:
            folder(self.path)
            run(*self.inside(), 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', self.path)


class Hanging(Volume):
    """A FUSE file system that answers nothing, as a network file system whose server is gone."""

    name = 'hanging'

    def __init__(self, bed):
        super().__init__(bed, bed.media / 'archive')

    def reconfigure(self, running=False):
        self.bed.processes.stop(self.name)
        self.unmount()
        if not running:
            return
        folder(self.path, 'daemon')
        argv = [*self.inside(), '/usr/bin/python3', HANGING, self.path]
        self.bed.processes.start(self.name, self.bed.hosts['app'], argv,
                                 self.bed.path('var/log/hanging.log'))
        if not wait_for(self.is_mounted, 15):
            raise RuntimeError(f'FUSE does not mount; see {self.bed.path("var/log/hanging.log")}')


def run(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f'{words}: {done.stderr}')
