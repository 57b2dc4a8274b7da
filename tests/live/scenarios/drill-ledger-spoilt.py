"""The ledger of drills is noise, and ends in the middle of a line: a drill is made and noted. No fault."""
RED = []


def break_it(bed):
    bed.journal.rewrite(bed.ledger, b'\x00\xff{"schema":\n' * 50 + b'{"schema":"postflight.drill/1"')
