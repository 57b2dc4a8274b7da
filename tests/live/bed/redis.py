"""Redis on the db host, over TLS alone: the cache, its replica, and a Sentinel that watches both.

There is no default user, and one for the app, with a password and few rights.
"""
import hashlib

from .service import Service, folder, place

# +info: the site's monitoring reads the version and the replicas with it.
APP_RIGHTS = '~shop:* resetchannels -@all +@connection +@read +@write -@dangerous -@admin +info'
# As redis.io names them for a replica and for a Sentinel.
REPLICA_RIGHTS = '-@all +psync +replconf +ping'
SENTINEL_RIGHTS = ('&* -@all +multi +slaveof +ping +exec +subscribe +config|rewrite +role +publish '
                   '+info +client|setname +client|kill +script|kill')
PORT, REPLICA_PORT, SENTINEL_PORT = 6379, 6380, 26379


class RedisServer(Service):
    """What the three have in common: a user, a key of its own, a place for data, TLS."""

    user = 'redis'

    def __init__(self, bed, host):
        super().__init__(bed, host)
        self.data = bed.path('var/lib', self.name)

    def password(self, purpose=''):
        """The app's; for every other purpose one of its own, the same each time."""
        text = self.bed.path('etc/shop/redis_password').read_text().strip()
        return hashlib.sha256((purpose + text).encode()).hexdigest() if purpose else text

    def local(self):
        """Where the replica and the Sentinel find the master: the firewall shuts its addresses."""
        return self.host.v4 if self.bed.loopback else '127.0.0.1'

    def argv(self):
        return ['redis-server', self.etc / 'redis.conf']

    def conf(self, port, bind=None, pair='db', plain_port=0):
        local = '' if self.bed.loopback else ' 127.0.0.1 -::1'
        certificate, _ = self.bed.certificates.pair(pair)
        return f'''bind {bind or " ".join(self.host.addresses) + local}
port {plain_port}
tls-port {port}
tls-cert-file {certificate}
tls-key-file {self.etc}/server.key
tls-ca-cert-file {self.bed.certificates.authority}
tls-auth-clients no
tls-replication yes
dir {self.data}
daemonize no
'''

    def key(self, pair='db'):
        """The key, for this user alone."""
        _, source = self.bed.certificates.pair(pair)
        return {self.etc / 'server.key': (source.read_bytes(), 'redis', 0o600)}

    def start(self):
        folder(self.data, 'redis', 0o700)
        super().start()


class Redis(RedisServer):
    name = 'redis'
    ports = (PORT,)
    healthy = {
        'default_user': 'off',
        'protected_mode': 'yes',
        'bind': None,           # as redis.conf has it; None: the private addresses and loopback
        'certificate': 'db',    # the pair it shows
        'app_rights': APP_RIGHTS,
        'plain_port': 0,        # without TLS; the packet filter keeps everybody from it
    }

    def files(self, s):
        conf = self.conf(PORT, s.bind, s.certificate, s.plain_port) + f'''protected-mode {s.protected_mode}
aclfile {self.etc}/users.acl
save ""
'''
        acl = f'''user default {s.default_user}
user shop on >{self.password()} {s.app_rights}
user replica on >{self.password('replica')} {REPLICA_RIGHTS}
user sentinel on >{self.password('sentinel')} {SENTINEL_RIGHTS}
'''
        return {**self.key(s.certificate),
                self.etc / 'redis.conf': (conf, 'root', 0o644),
                self.etc / 'users.acl': (acl, 'redis', 0o600)}


class Replica(RedisServer):
    name = 'redis-replica'
    ports = (REPLICA_PORT,)
    healthy = {
        'default_user': 'off',
        'protected_mode': 'yes',
    }

    def files(self, s):
        conf = self.conf(REPLICA_PORT) + f'''protected-mode {s.protected_mode}
aclfile {self.etc}/users.acl
save ""
replicaof {self.local()} {PORT}
replica-announce-ip {self.host.v4}
masteruser replica
masterauth {self.password('replica')}
'''
        acl = f'''user default {s.default_user}
user shop on >{self.password()} {APP_RIGHTS}
user sentinel on >{self.password('sentinel')} {SENTINEL_RIGHTS}
'''
        return {**self.key(),
                self.etc / 'redis.conf': (conf, 'redis', 0o600),
                self.etc / 'users.acl': (acl, 'redis', 0o600)}


class Sentinel(RedisServer):
    name = 'redis-sentinel'
    ports = (SENTINEL_PORT,)
    healthy = {'password': True}

    def files(self, s):
        conf = self.conf(SENTINEL_PORT) + f'''sentinel monitor shop {self.local()} {PORT} 1
sentinel down-after-milliseconds shop 60000
sentinel auth-user shop sentinel
sentinel auth-pass shop {self.password('sentinel')}
'''
        if s.password:
            conf += f'requirepass {self.password("watch")}\n'
        else:
            conf += 'protected-mode no\n'
        return {**self.key(), self.etc / 'redis.conf': (conf, 'redis', 0o600)}

    def argv(self):
        return ['redis-server', self.data / 'sentinel.conf', '--sentinel']

    def start(self):
        """A Sentinel writes what it learns into its own configuration: it gets a copy."""
        folder(self.data, 'redis', 0o700)
        place(self.data / 'sentinel.conf', (self.etc / 'redis.conf').read_bytes(), 'redis', 0o600)
        super().start()
