"""A file in pgBackRest's repository has rotten: `verify` says so, and ends with status 0 all the same."""
RED = ['backups.tool']
UNKNOWN = ['backups.complete']


def break_it(bed):
    bed.pgbackrest.make()
    largest = bed.pgbackrest.data_files()[0]
    data = bytearray(largest.read_bytes())
    data[len(data) // 2] ^= 0xff
    largest.write_bytes(data)
    bed.add_set(bed.pgbackrest.block())
