"""No configuration of logrotate names the log."""
RED = ['logging.rotated']


def break_it(bed):
    bed.logrotate.reconfigure(rotated=False)
