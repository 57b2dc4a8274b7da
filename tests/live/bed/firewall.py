"""The packet filters: what the db and the app host let in, IPv4 and IPv6 alike."""
from .service import BedError, Service

MYSQL, POSTGRES, REDIS, REPLICA, SENTINEL, MEMCACHED = 3306, 5432, 6379, 6380, 26379, 11211


class Firewall(Service):
    """nftables on both servers. Not a process: a changed rule set is loaded whole, at once."""

    name = 'firewall'
    healthy = {
        'open_tcp': (),                 # ports of the db host that everybody reaches
        'open_udp': (),
        'open_families': ('ip', 'ip6'),  # ... over these protocols
        'more_stores': (),              # ports of the db host that are treated as its own
        'shut_to_app': (),              # ports of the db host that the app is refused
    }

    def files(self, s):
        return {self.etc / 'db.nft': (self._db(s), 'root', 0o600),
                self.etc / 'app.nft': (self._app(), 'root', 0o600)}

    def apply(self):
        for name in ('db', 'app'):
            self.bed.hosts[name].run(['nft', '-f', self.etc / f'{name}.nft'])

    start = apply

    def stop(self):
        pass

    def _db(self, s):
        app, bastion = self.bed.hosts['app'], self.bed.hosts['bastion']
        ports = (MYSQL, POSTGRES, REDIS, REPLICA, SENTINEL, MEMCACHED, *s.more_stores)
        stores = f'{{ {", ".join(str(port) for port in ports)} }}'
        rules = []
        for port in s.shut_to_app:
            rules += from_host(app, f'tcp dport {port} reject with tcp reset')
        for family in s.open_families:
            version = {'ip': 'ipv4', 'ip6': 'ipv6'}[family]
            rules += [f'meta nfproto {version} tcp dport {port} accept' for port in s.open_tcp]
            rules += [f'meta nfproto {version} udp dport {port} accept' for port in s.open_udp]
        rules += from_host(app, f'tcp dport {stores} accept')
        rules += from_host(app, f'udp dport {MEMCACHED} accept')
        rules += from_host(bastion, 'tcp dport 22 accept')
        # Two ways of being shut, so that a probe meets both: a reset for the bastion, and silence
        # for the others.
        rules += from_host(bastion, f'tcp dport {stores} reject with tcp reset')
        # "Only the app servers" holds for the db host itself too; its own work goes by Unix socket
        # and by 127.0.0.1.
        rules += from_host(self.bed.hosts['db'], f'tcp dport {stores} reject with tcp reset')
        rules += ['iifname "lo" accept']
        return ruleset(rules)

    def _app(self):
        rules = ['tcp dport { 80, 443 } accept']
        rules += from_host(self.bed.hosts['bastion'], 'tcp dport 22 accept')
        # Port 8000 is open on purpose: only gunicorn's own choice of address keeps it private, and
        # a scenario takes that away.
        rules += ['tcp dport 8000 accept', 'iifname "lo" accept']
        return ruleset(rules)


def from_host(host, rule):
    return [f'ip saddr {host.v4} {rule}', f'ip6 saddr {host.v6} {rule}']


def ruleset(rules):
    first = ['ct state established,related accept', 'meta l4proto { icmp, ipv6-icmp } accept']
    lines = '\n'.join('\t\t' + rule for rule in first + rules)
    return ('flush ruleset\n\ntable inet host {\n\tchain input {\n'
            f'\t\ttype filter hook input priority 0; policy drop;\n{lines}\n\t}}\n}}\n')


class NoFirewall:
    """On loopback there is no packet filter to turn."""

    name = 'firewall'

    def configure(self, **switches):
        if switches:
            raise BedError('this scenario needs network namespaces')

    reconfigure = configure

    def start(self):
        pass

    stop = start
