"""The newest dump has a damaged byte in the middle; its head and its length are right."""
RED = ['backups.complete']


def break_it(bed):
    newest = bed.dumps()[-1]
    data = bytearray(newest.read_bytes())
    at = len(data) * 3 // 4
    data[at:at + 64] = bytes(byte ^ 0x5a for byte in data[at:at + 64])
    bed.journal.rewrite(newest, bytes(data))
