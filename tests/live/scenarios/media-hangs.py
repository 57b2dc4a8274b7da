"""A file system among the uploads answers nothing any more: what is on it is not known."""
RED = []
BLIND = ['media.not-writable-by-others', 'media.no-exec-bits', 'media.no-escape',
         'media.no-secrets', 'media.mount']


def break_it(bed):
    bed.hanging.reconfigure(running=True)
