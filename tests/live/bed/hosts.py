"""The hosts: network namespaces on one bridge, or addresses of 127/8 where those cannot be had."""
import os
import pathlib
import shutil
import signal
import subprocess

LAN4, LAN6 = '10.203.7.', 'fd5f:706f:7374::'
ADDRESSES = {'app': '10', 'db': '20', 'bastion': '30', 'outside': '40'}
NAMES = {'app': ['shop.test', 'www.shop.test', 'app1'], 'db': ['db1', 'cache1'],
         'bastion': ['bastion'], 'outside': ['outside', 's3.test']}
ETC_NETNS = pathlib.Path('/etc/netns')

# What every command and service starts with: nothing of the caller's environment changes a test.
ENVIRONMENT = {'PATH': '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
               'LANG': 'C.UTF-8', 'HOME': '/', 'PYTHONDONTWRITEBYTECODE': '1'}


def as_user(user, argv):
    """The argv that runs `argv` as `user`, with that user's own group."""
    if user in (None, 'root'):
        return list(argv)
    group = subprocess.run(['id', '-gn', user], check=True, capture_output=True, text=True)
    return ['setpriv', '--reuid', user, '--regid', group.stdout.strip(), '--init-groups', '--',
            *argv]


class Host:
    """A machine of the bed: its addresses, and how to run a command on it."""

    def __init__(self, name, v4, v6=None, namespace=None):
        self.name, self.v4, self.v6, self.namespace = name, v4, v6, namespace
        self.addresses = [v4] + ([v6] if v6 else [])
        self.names = NAMES[name]
        self.environment = ENVIRONMENT

    def sockets(self, port):
        """address:port for every address, as configuration files write it."""
        return [f'[{a}]:{port}' if ':' in a else f'{a}:{port}' for a in self.addresses]

    def argv(self, argv, user=None):
        enter = ['ip', 'netns', 'exec', self.namespace] if self.namespace else []
        return enter + as_user(user, [str(word) for word in argv])

    def run(self, argv, user=None, check=True, stdin=None, cwd='/', timeout=60):
        """Runs a command here to its end; its output is text, a failure names what it said."""
        done = subprocess.run(self.argv(argv, user), input=stdin, cwd=cwd, env=self.environment,
                              timeout=timeout, capture_output=True, text=True, errors='replace',
                              stdin=subprocess.DEVNULL if stdin is None else None)
        if check and done.returncode != 0:
            words = ' '.join(str(word) for word in argv)
            raise RuntimeError(f'{self.name}: {words}: status {done.returncode}\n'
                               f'{done.stdout}{done.stderr}')
        return done


class Network:
    """Four hosts on a bridge with a namespace of its own, so the machine itself gets nothing."""

    def __init__(self, bed_id, backup_home):
        self.switch = f'pf{bed_id}-lan'
        self.backup_home = backup_home
        self.hosts = {name: Host(name, LAN4 + last, LAN6 + last, f'pf{bed_id}-{name}')
                      for name, last in ADDRESSES.items()}
        self.namespaces = [self.switch] + [host.namespace for host in self.hosts.values()]

    def up(self):
        for namespace in self.namespaces:
            ip('netns', 'add', namespace)
            ip('-n', namespace, 'link', 'set', 'lo', 'up')
        # Without multicast snooping neighbour discovery is flooded: IPv6 works from packet one.
        ip('-n', self.switch, 'link', 'add', 'lan', 'type', 'bridge', 'mcast_snooping', '0')
        ip('-n', self.switch, 'link', 'set', 'lan', 'up')
        for host in self.hosts.values():
            self._plug_in(host)
            self._write_etc(host)

    def _plug_in(self, host):
        ip('-n', self.switch, 'link', 'add', host.name, 'type', 'veth',
           'peer', 'name', 'eth0', 'netns', host.namespace)
        ip('-n', self.switch, 'link', 'set', host.name, 'master', 'lan', 'up')
        ip('-n', host.namespace, 'addr', 'add', f'{host.v4}/24', 'dev', 'eth0')
        ip('-n', host.namespace, 'addr', 'add', f'{host.v6}/64', 'dev', 'eth0', 'nodad')
        ip('-n', host.namespace, 'link', 'set', 'eth0', 'up')

    def _write_etc(self, host):
        """`ip netns exec` mounts these over /etc: names resolve, and no real resolver is asked."""
        etc = ETC_NETNS / host.namespace
        etc.mkdir(parents=True)
        lines = ['127.0.0.1 localhost', '::1 localhost']
        for other in self.hosts.values():
            lines += [f'{address} {" ".join(other.names)}' for address in other.addresses]
        (etc / 'hosts').write_text('\n'.join(lines) + '\n')
        (etc / 'resolv.conf').write_text('nameserver 127.0.0.1\noptions timeout:1 attempts:1\n')
        # Mounted over the machine's own by `ip netns exec`: the bed's logs and no others.
        (etc / 'logrotate.conf').write_text('')
        # Logging in as root runs no start-up file of whoever uses this machine, and what the backup
        # user's tools remember of their repositories is the bed's.
        passwd = pathlib.Path('/etc/passwd').read_text().splitlines(keepends=True)
        (etc / 'passwd').write_text(''.join(self._account(line) for line in passwd))
        (etc / 'nsswitch.conf').write_text('passwd: files\ngroup: files\nshadow: files\n'
                                           'hosts: files dns\n')

    def _account(self, line):
        if line.startswith('root:'):
            return 'root:x:0:0:root:/:/bin/sh\n'
        fields = line.split(':')
        if fields[0] == 'backup':
            fields[5] = str(self.backup_home)
        return ':'.join(fields)

    def down(self):
        """Removes what exists of it; whatever process lives in these namespaces is ours."""
        for namespace in self.namespaces:
            if not pathlib.Path('/run/netns', namespace).exists():
                continue
            for pid in ip('netns', 'pids', namespace, check=False).split():
                try:
                    os.kill(int(pid), signal.SIGKILL)
                except ProcessLookupError:
                    pass
            ip('netns', 'del', namespace, check=False)
        for namespace in self.namespaces:
            shutil.rmtree(ETC_NETNS / namespace, ignore_errors=True)
        try:
            ETC_NETNS.rmdir()
        except OSError:
            pass    # it never was, or another bed uses it


class Loopback:
    """The same two servers on one machine, for containers that may not make namespaces."""

    def __init__(self):
        app, db = Host('app', '127.77.0.1'), Host('db', '127.77.0.2')
        self.hosts = {'app': app, 'db': db, 'bastion': app}

    def up(self):
        pass

    def down(self):
        pass


def ip(*words, check=True):
    done = subprocess.run(['ip', *words], capture_output=True, text=True)
    if check and done.returncode != 0:
        raise RuntimeError(f'ip {" ".join(words)}: {done.stderr.strip()}')
    return done.stdout
