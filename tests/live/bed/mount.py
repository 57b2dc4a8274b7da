"""The uploads' file system: bound onto itself, so that it has mount options of its own."""
import subprocess


class Mount:
    """Looks like a service to the bed: `reconfigure` without switches means healthy."""

    healthy = 'nosuid,nodev,noexec'

    def __init__(self, bed):
        self.bed, self.path = bed, bed.media

    def up(self):
        """Before any host's processes start: each host has a copy of the machine's mounts."""
        done = run('mount', '--bind', self.path, self.path)
        if done.returncode == 0:
            done = run('mount', '-o', f'remount,bind,{self.healthy}', self.path)
        if done.returncode != 0 and not self.bed.loopback:
            raise RuntimeError(f'the uploads cannot be mounted: {done.stderr}')

    def reconfigure(self, options=healthy):
        """Where the audit looks from: in the name space of the host that sshd leads to."""
        pid = None if self.bed.loopback else self.bed.processes.pid('sshd-app')
        enter = ['nsenter', '-t', str(pid), '-m', '--'] if pid else []
        done = run(*enter, 'mount', '-o', f'remount,bind,{options}', self.path)
        if done.returncode != 0 and not self.bed.loopback:
            raise RuntimeError(f'the uploads cannot be remounted: {done.stderr}')

    def down(self):
        run('umount', '--lazy', self.path)


def run(*words):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True)
