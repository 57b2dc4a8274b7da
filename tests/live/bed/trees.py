"""The site's file trees (media, backups), and a journal that undoes what befalls any of them."""
import contextlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import time

from .service import folder, group_of, place

HOUR = 3600
GENERATIONS = (49, 25, 1)       # ages of the backups in hours, oldest first

UPLOADS = {
    'uploads/lamp.jpg': b'\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00'
                        b'\xff\xd9',
    'uploads/letter.txt': b'Dear shop, the lamp is lovely.\n',
    'uploads/note.html': b'<!doctype html><title>Note</title><p>Saved by a visitor.</p>\n',
    'uploads/drawing.svg': b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>\n',
}


def make_media(root, owner):
    folder(root, owner)
    folder(root / 'uploads', owner)
    for name, data in UPLOADS.items():
        place(root / name, data, owner, 0o644)


def make_search(path, owner):
    """The site's index of products, in SQLite, in a directory of the app's own."""
    folder(path.parent, owner, 0o700)
    with sqlite3.connect(path) as database:
        database.execute('CREATE TABLE word (word TEXT, product INTEGER)')
        database.execute("INSERT INTO word VALUES ('lamp', 1)")
    database.close()
    os.chmod(path, 0o600)
    shutil.chown(path, owner, group_of(owner))


def make_backups(bed):
    """Three generations of each set, for the backup user's eyes alone."""
    folder(bed.backups, 'backup', 0o700)
    for hours in GENERATIONS:
        when = time.time() - hours * HOUR
        stamp = time.strftime('%Y%m%dT%H%M', time.gmtime(when))
        dump, archive = bed.backups / f'db-{stamp}.dump', bed.backups / f'media-{stamp}.tar.gz'
        reports = bed.backups / f'reports-{stamp}.sql'
        bed.postgres.dump(dump)
        bed.mariadb.dump(reports)
        search = bed.backups / f'search-{stamp}.sqlite3'
        place(search, bed.search.read_bytes(), 'backup', 0o600)
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode='w:gz') as tar:
            tar.add(bed.media, arcname='media')
        place(archive, packed.getvalue(), 'backup', 0o600)
        for path in (dump, reports, search, archive):
            os.utime(path, (when, when))


class Journal:
    """Verbs that spoil files, each noted first: `undo` puts all of them back as they were."""

    def __init__(self, directory):
        self.directory = directory
        self.book = directory / 'journal'

    def chmod(self, path, mode):
        self._note(path)
        os.chmod(path, mode)

    def chown(self, path, user, group=None):
        self._note(path)
        shutil.chown(path, user, group or group_of(user))

    def allow(self, path, entry):
        """Adds an entry to its access control list, as in u:daemon:rw."""
        self._note(path)
        subprocess.run(['setfacl', '-m', entry, str(path)], check=True)

    def age(self, path, hours):
        """Makes it that many hours old."""
        self._note(path)
        when = time.time() - hours * HOUR
        os.utime(path, (when, when))

    def truncate(self, path, size):
        self._note(path)
        before = path.stat()
        os.truncate(path, size)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def rewrite(self, path, data):
        """Other contents, of the same age."""
        self._note(path)
        before = path.stat()
        path.write_bytes(data)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def create(self, path, data, user, mode):
        self._note(path)
        place(path, data, user, mode)

    def link(self, path, target):
        self._note(path)
        path.symlink_to(target)

    def remove(self, path):
        self._note(path)
        path.unlink()

    def _note(self, path):
        """Appends how the path is now, with a copy of a file's contents, before it is touched."""
        self.directory.mkdir(parents=True, exist_ok=True)
        entry = {'path': str(path)}
        if path.exists():
            now = path.stat()
            entry.update(mode=now.st_mode & 0o7777, uid=now.st_uid, gid=now.st_gid,
                         times=[now.st_atime_ns, now.st_mtime_ns])
            if path.is_file():
                entry['copy'] = str(self.directory / f'copy-{time.monotonic_ns()}')
                shutil.copyfile(path, entry['copy'])
        with open(self.book, 'a') as book:
            book.write(json.dumps(entry) + '\n')

    def undo(self):
        if not self.book.exists():
            return
        for line in reversed(self.book.read_text().splitlines()):
            entry = json.loads(line)
            path = entry['path']
            if 'mode' not in entry:     # it did not exist
                if os.path.lexists(path):
                    os.unlink(path)
                continue
            if 'copy' in entry:
                shutil.copyfile(entry['copy'], path)
            with contextlib.suppress(OSError):      # ENODATA: it has no access control list
                os.removexattr(path, 'system.posix_acl_access')
            os.chown(path, entry['uid'], entry['gid'])
            os.chmod(path, entry['mode'])
            os.utime(path, ns=tuple(entry['times']))
        shutil.rmtree(self.directory)
