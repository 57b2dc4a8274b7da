"""OpenSSH: a server on every host the bastion audits from, and the client's configuration."""
import pathlib
import subprocess

from .service import Service, folder, place

PRIVSEP = pathlib.Path('/run/sshd')     # where Debian's sshd insists on a directory
OURS = PRIVSEP / 'made-by-testbed'      # so the last bed to go knows that it may take it along
ALIASES = {'app': 'app1', 'db': 'db1', 'outside': 'outside'}


class Sshd(Service):
    ports = (22,)

    def __init__(self, bed, host):
        self.name = f'sshd-{host.name}'
        super().__init__(bed, host)

    def argv(self):
        return ['/usr/sbin/sshd', '-D', '-e', '-f', self.etc / 'sshd_config']

    def files(self, s):
        listen = '\n'.join(f'ListenAddress {socket}' for socket in self.host.sockets(22))
        keys = self.bed.path('etc/ssh')
        conf = f'''{listen}
HostKey {keys}/host_{self.host.name}
AuthorizedKeysFile {keys}/authorized_keys
PidFile none
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
# The bed may live below directories that others may write to.
StrictModes no
PrintMotd no
UseDNS no
SetEnv {" ".join(f"{name}={value}" for name, value in self.bed.places(self.host.name).items())}
'''
        return {self.etc / 'sshd_config': (conf, 'root', 0o644)}

    def start(self):
        if not PRIVSEP.exists():
            folder(PRIVSEP)
            place(OURS, '')
        super().start()


def make_keys(bed):
    """Host keys, the auditor's key, and an ssh_config that knows all of them."""
    keys = folder(bed.path('etc/ssh'))
    known, hosts = [], []
    for name, alias in ALIASES.items():
        public = keygen(keys / f'host_{name}')
        host = bed.hosts[name]
        known.append(f'{alias},{host.v4},{host.v6} {public}\n')
        hosts.append(f'Host {alias}\n    HostName {host.v4}\n\n')
    place(keys / 'authorized_keys', keygen(keys / 'id_auditor') + '\n')
    place(keys / 'known_hosts', ''.join(known))
    place(bed.path('ssh_config'), ''.join(hosts) + f'''Host *
    User root
    IdentityFile {keys}/id_auditor
    IdentitiesOnly yes
    UserKnownHostsFile {keys}/known_hosts
    GlobalKnownHostsFile none
    StrictHostKeyChecking yes
    BatchMode yes
''')


def keygen(path):
    subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', path.name,
                    '-f', str(path)], check=True, stdin=subprocess.DEVNULL)
    return ' '.join(path.with_suffix('.pub').read_text().split()[:2])
