"""The newest archive of the uploads holds no file: MEDIA_ROOT was not mounted when it was made."""
import io
import tarfile

RED = ['backups.complete']


def break_it(bed):
    packed = io.BytesIO()
    tarfile.open(fileobj=packed, mode='w:gz').close()
    bed.journal.rewrite(bed.archives()[-1], packed.getvalue())
