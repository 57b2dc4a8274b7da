"""Copies on another machine, the bastion: encrypted dumps, and a borg repository of the uploads."""
import os
import secrets
import shutil
import time

from .service import folder, group_of, place

OWNER = 'backup'
HOUR = 3600


class Offsite:
    """What the bastion fetches of the others' backups, for the backup user's eyes alone."""

    def __init__(self, bed):
        self.bed, self.host = bed, bed.hosts['bastion']
        self.root = bed.path('var/offsite')
        self.password = bed.path('etc/postflight/offsite.pw')
        self.repository = self.root / 'uploads.borg'

    def begin(self):
        if self.bed.loopback:       # it has no other machine
            return
        place(self.password, secrets.token_urlsafe(24) + '\n', OWNER, 0o600)
        folder(self.bed.path('var/lib/backup'), OWNER, 0o700)
        folder(self.root, OWNER, 0o700)
        self.borg(self.repository, {'media-1': 1})

    def fetch(self):
        """The newest dump of each database, encrypted."""
        if self.bed.loopback:
            return
        for pattern in ('db-*.dump', 'reports-*.sql', 'search-*.sqlite3'):
            newest = sorted(self.bed.backups.glob(pattern))[-1]
            copy = self.root / (newest.name + '.enc')
            self.host.run(['openssl', 'enc', '-aes-256-cbc', '-pbkdf2', '-in', newest, '-out', copy, '-pass',
                           f'file:{self.password}'])
            shutil.chown(copy, OWNER, group_of(OWNER))
            copy.chmod(0o600)
            when = newest.stat().st_mtime
            os.utime(copy, (when, when))

    def copies(self, pattern='*.enc'):
        return sorted(self.root.glob(pattern))

    def as_owner(self, argv, **variables):
        words = [f'{name}={value}' for name, value in variables.items()]
        return self.host.run(['env', f'HOME={self.bed.path("var/lib/backup")}', *words, *argv], user=OWNER)

    def borg(self, repository, archives, encryption='repokey'):
        """A repository with archives of the uploads, {name: its age in hours}."""
        secret = {'BORG_PASSCOMMAND': f'/bin/cat {self.password}', 'TZ': 'UTC'}
        self.as_owner(['borg', 'init', '-e', encryption, repository], **secret)
        for name, hours in archives.items():
            when = time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(time.time() - hours * HOUR))
            self.as_owner(['borg', 'create', '--timestamp', when, f'{repository}::{name}', self.bed.media],
                          **secret)

    def spoil(self):
        """One bit in the middle of the largest segment of the uploads' repository."""
        segment = max(self.repository.glob('data/0/*'), key=lambda path: path.stat().st_size)
        data = bytearray(segment.read_bytes())
        data[len(data) // 2] ^= 0xff
        self.bed.journal.rewrite(segment, bytes(data))

    def restic(self, repository, hours=(1,)):
        secret = {'RESTIC_PASSWORD_FILE': self.password}
        self.as_owner(['restic', '-q', '-r', repository, '--no-cache', 'init'], **secret)
        for age in hours:
            when = time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(time.time() - age * HOUR))
            self.as_owner(['restic', '-q', '-r', repository, '--no-cache', 'backup', '--time', when,
                           self.bed.media], **secret)

    def blocks(self):
        """Its sets, as the site file has them."""
        sets = [self.block('elsewhere', 'media', f'borg: {{repo: {self.repository}}}')]
        for name, of, pattern in (('away', 'default', 'db-*.dump.enc'), ('reports-away', 'reports', 'reports-*.enc'),
                                  ('search-away', 'search', 'search-*.enc')):
            sets.append(f'  - {{name: {name}, of: {of}, on: bastion, files: "{self.root}/{pattern}"}}\n')
        return ''.join(sets)

    def block(self, name, of, tool, more='', on='bastion', password=None):
        return (f'  - {{name: {name}, of: {of}, on: {on}, {tool}, user: {OWNER}, '
                f'password_file: {password or self.password}{more}}}\n')
