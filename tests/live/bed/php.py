"""php-fpm, as on a server that has another site in PHP; healthy, nothing of uploads comes to it."""
from .service import Service


class Php(Service):
    name = 'php-fpm'
    healthy = {'running': False}

    def __init__(self, bed, host):
        super().__init__(bed, host)
        self.socket = bed.path('run/php.sock')

    def files(self, s):
        run, log = self.bed.path('run'), self.log
        text = f'''; {"running" if s.running else "stopped"}
[global]
pid = {run}/php-fpm.pid
error_log = {log}
daemonize = no
[www]
user = daemon
group = daemon
listen = {self.socket}
listen.mode = 0666
pm = static
pm.max_children = 1
security.limit_extensions =
'''
        return {self.etc / 'php-fpm.conf': (text, 'root', 0o644)}

    def argv(self):
        return ['/usr/sbin/php-fpm8.2', '-n', '-R', '-y', self.etc / 'php-fpm.conf']

    def start(self):
        if self.switches.running:
            super().start()

    def ready(self, pid):
        return self.socket.exists()
