"""The backups of the uploads lie among the uploads, and are served with them."""
import shutil

RED = ['backups.not-served', 'backups.private']


def break_it(bed):
    for archive in bed.archives():
        bed.journal.create(bed.media / archive.name, archive.read_bytes(), 'daemon', 0o644)
        shutil.copystat(archive, bed.media / archive.name)
        (bed.media / archive.name).chmod(0o644)
    bed.edit_site(f'{bed.backups}/media-*', f'{bed.media}/media-*')
