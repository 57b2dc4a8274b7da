"""The file system of the uploads is mounted without noexec."""
RED = ['media.mount']


def break_it(bed):
    bed.mount.reconfigure(options='nosuid,nodev,exec')
