"""Redis on the db host: no default user, and one for the app, with a password and few rights."""
from .service import Service, folder

# +info: the site's monitoring reads the version and the replicas with it.
APP_RIGHTS = '~shop:* resetchannels -@all +@connection +@read +@write -@dangerous -@admin +info'


class Redis(Service):
    name = 'redis'
    user = 'redis'
    ports = (6379,)
    healthy = {
        'default_user': 'off',
        'protected_mode': 'yes',
        'bind': None,           # as redis.conf has it; None: the private addresses and loopback
    }

    def __init__(self, bed, host):
        super().__init__(bed, host)
        self.data = bed.path('var/lib/redis')

    def argv(self):
        return ['redis-server', self.etc / 'redis.conf']

    def files(self, s):
        local = '' if self.bed.loopback else ' 127.0.0.1 -::1'
        bind = s.bind or ' '.join(self.host.addresses) + local
        conf = f'''bind {bind}
port 6379
protected-mode {s.protected_mode}
aclfile {self.etc}/users.acl
dir {self.data}
save ""
daemonize no
'''
        password = self.bed.path('etc/shop/redis_password').read_text().strip()
        acl = f'user default {s.default_user}\nuser shop on >{password} {APP_RIGHTS}\n'
        return {self.etc / 'redis.conf': (conf, 'root', 0o644),
                self.etc / 'users.acl': (acl, 'redis', 0o600)}

    def start(self):
        folder(self.data, 'redis', 0o700)
        super().start()
