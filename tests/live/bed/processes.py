"""The bed's long-running processes: started in the background, written down, ended by pid."""
import os
import pathlib
import signal
import subprocess
import time

from .hosts import ENVIRONMENT


def stat(pid):
    """(state, start time) of a process, or None when there is none."""
    try:
        text = pathlib.Path(f'/proc/{pid}/stat').read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(')')[2].split()
    return fields[0], int(fields[19])


class Processes:
    """One record a process, `pid start-time`: a pid recycled since is never taken for ours."""

    def __init__(self, directory):
        self.directory = directory

    def start(self, name, host, argv, log, user=None):
        with open(log, 'ab') as output:
            child = subprocess.Popen(host.argv(argv, user), stdin=subprocess.DEVNULL,
                                     stdout=output, stderr=output, env=ENVIRONMENT, cwd='/',
                                     start_new_session=True)
        started = stat(child.pid)
        record = f'{child.pid} {started[1] if started else 0}\n'
        self.directory.mkdir(parents=True, exist_ok=True)
        (self.directory / name).write_text(record)
        return child.pid

    def pid(self, name):
        """The pid of a process of ours that still runs, else None."""
        try:
            pid, started = map(int, (self.directory / name).read_text().split())
        except (FileNotFoundError, ValueError):
            return None
        try:
            os.waitpid(pid, os.WNOHANG)     # where it is our own child, let it go for good
        except ChildProcessError:
            pass
        now = stat(pid)
        return pid if now and now[0] != 'Z' and now[1] == started else None

    def stop(self, name, kindly=signal.SIGTERM, patience=5):
        """Ends it, kindly first, and returns when it is gone."""
        for sign, seconds in ((kindly, patience), (signal.SIGKILL, 5)):
            pid = self.pid(name)
            if pid is None:
                break
            os.kill(pid, sign)
            wait_for(lambda: self.pid(name) is None, seconds)
        if self.pid(name) is None:
            (self.directory / name).unlink(missing_ok=True)

    def signal(self, name, sign):
        os.kill(self.pid(name), sign)

    def names(self):
        return sorted(path.name for path in self.directory.glob('*'))

    def listens(self, pid, port):
        """True once something listens on that TCP port in the process's network namespace."""
        local = f':{port:04X}'
        for table in ('tcp', 'tcp6'):
            try:
                lines = pathlib.Path(f'/proc/{pid}/net/{table}').read_text().splitlines()[1:]
            except OSError:    # it has ended since
                return False
            for line in lines:
                fields = line.split()
                if fields[1].endswith(local) and fields[3] == '0A':
                    return True
        return False


def wait_for(condition, seconds):
    """Polls until the condition holds; False when it did not in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.02)
    return condition()
