"""The newest archive of the uploads unpacks to a thousand times its size."""
import zlib

RED = ['backups.complete']


def break_it(bed):
    packer, block = zlib.compressobj(9, wbits=31), b'A' * (1 << 20)
    packed = b''.join(packer.compress(block) for _ in range(300)) + packer.flush()
    bed.journal.rewrite(bed.archives()[-1], packed)
