"""The newest archive of the uploads has an entry that unpacks outside of its directory."""
import io
import tarfile

RED = ['backups.complete']


def break_it(bed):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode='w:gz') as tar:
        entry = tarfile.TarInfo('media/../../etc/cron.d/shop')
        entry.size = 5
        tar.addfile(entry, io.BytesIO(b'hello'))
    bed.journal.rewrite(bed.archives()[-1], packed.getvalue())
