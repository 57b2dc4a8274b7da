"""A Django newer than Debian's own, in an environment of the project's, as many sites have one."""
import os
import shutil
import subprocess
import sys

from .service import Unavailable, folder, group_of

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../../program'))

from django_versions import backport  # noqa: E402  (the line above must come first)


class NewerDjango:
    """Made once in a bed, and left there: whether the site runs on it is Django's own switch."""

    def __init__(self, bed):
        self.place = bed.path('srv/venv')
        self.python = self.place / 'bin/python'
        self.downloads = os.environ.get('PF_BACKPORT') or bed.path('run/backport')

    def make(self):
        if any(self.place.glob('lib/python3*/site-packages/django')):
            return
        os.makedirs(self.downloads, exist_ok=True)
        found, reason = backport(self.downloads)
        if not found:
            raise Unavailable(f'no Django newer than Debian\'s own can be had: {reason}')
        subprocess.run(['/usr/bin/python3', '-m', 'venv', '--system-site-packages', '--without-pip',
                        self.place], check=True)
        unpacked = self.place / 'unpacked'
        shutil.copytree(found / 'django', unpacked, symlinks=True)
        for link in filter(os.path.islink, unpacked.rglob('*')):
            point_at_system(link, '/usr/lib/python3/dist-packages/django' / link.relative_to(unpacked))
        unpacked.rename(next(self.place.glob('lib/python3*/site-packages')) / 'django')


def point_at_system(link, installed):
    """Debian's package has relative links to what others install, jQuery for one."""
    target = os.path.normpath(installed.parent / os.readlink(link))
    link.unlink()
    link.symlink_to(target)


class CollectedStatic:
    """The static files that belong to each Django: the admin's differ, and so does the manifest."""

    def __init__(self, bed, owner):
        self.current, self.before = bed.static, bed.path('var/www/shop-static-before')
        self.owner = owner

    def change(self, newer, collect):
        if newer and not self.before.exists():
            self.current.rename(self.before)
            folder(self.current)
            collect()
            self.hand_over()
        elif not newer and self.before.exists():
            shutil.rmtree(self.current)
            self.before.rename(self.current)

    def hand_over(self):
        """From root, who alone may read the secrets and write for the deployer, to him."""
        for path in [self.current, *self.current.rglob('*')]:
            path.chmod(0o755 if path.is_dir() else 0o644)
            shutil.chown(path, self.owner, group_of(self.owner))
