"""A network name space that is far away: every packet to and from it is held back, handshakes of TCP too."""
import collections
import fcntl
import os
import select
import struct
import subprocess
import threading
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454ca, 0x0001, 0x1000
HERE, THERE = '10.203.99.1', '10.203.99.2'


def tun(name):
    descriptor = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, TUNSETIFF, struct.pack('16sH', name.encode(), IFF_TUN | IFF_NO_PI))
    return descriptor


class Distance:
    """Two tunnel devices, one here and one in the name space, and a thread that carries packets slowly. Wants root."""

    def __init__(self, delay):
        self.delay, self.name = delay, f'pffar{os.getpid()}'
        self.here, self.there = tun('pf-here'), tun('pf-there')
        self.run('ip', 'netns', 'add', self.name)
        self.run('ip', 'link', 'set', 'pf-there', 'netns', self.name)
        self.run('ip', 'address', 'add', HERE, 'peer', THERE, 'dev', 'pf-here')
        self.run('ip', 'link', 'set', 'pf-here', 'up')
        for words in (('address', 'add', THERE, 'peer', HERE, 'dev', 'pf-there'), ('link', 'set', 'pf-there', 'up'),
                      ('link', 'set', 'lo', 'up')):
            self.run('ip', '-n', self.name, *words)
        self.ending = False
        self.thread = threading.Thread(target=self._carry, daemon=True)
        self.thread.start()

    def run(self, *words):
        subprocess.run(words, check=True)

    def argv(self, words):
        """The command line that runs this over there."""
        return ['ip', 'netns', 'exec', self.name, *words]

    def _carry(self):
        waiting = collections.deque()       # (due, to, packet), in the order of their coming
        while not self.ending:
            pause = max(0, waiting[0][0] - time.monotonic()) if waiting else 0.1
            ready, _, _ = select.select([self.here, self.there], [], [], pause)
            now = time.monotonic()
            for source in ready:
                target = self.there if source == self.here else self.here
                try:
                    while True:
                        waiting.append((now + self.delay, target, os.read(source, 65536)))
                except BlockingIOError:
                    pass
            while waiting and waiting[0][0] <= time.monotonic():
                _, target, packet = waiting.popleft()
                try:
                    os.write(target, packet)
                except OSError:
                    pass        # full, or down already: lost, as packets are

    def close(self):
        self.ending = True
        self.thread.join()
        os.close(self.here)
        os.close(self.there)
        subprocess.run(['ip', 'netns', 'del', self.name], check=False)
