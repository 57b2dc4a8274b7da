#!/usr/bin/python3
"""A file system, on FUSE, of which one operation fails: the CONTROL file holds "write 3", and the third write gets EIO.

failing_fs.py FOLDER MOUNTPOINT CONTROL     (FOLDER holds what is written; ends when it is unmounted)
"""
import errno
import os
import pathlib
import sys

import fusepy as fuse


class Failing(fuse.Operations):
    def __init__(self, folder, control):
        self.folder, self.control = folder, control
        self.order, self.left = '', {}

    def __call__(self, name, *arguments):
        order = self.control.read_text()
        if order != self.order:
            self.order, self.left = order, {}
            kind, _, number = order.partition(' ')
            if kind:
                self.left[kind] = int(number)
        if name in self.left:
            self.left[name] -= 1
            if self.left[name] == 0:
                raise fuse.FuseOSError(errno.EIO)
        return super().__call__(name, *arguments)

    def there(self, path):
        return self.folder + path

    def getattr(self, path, handle=None):
        status = os.lstat(self.there(path))
        return {name: getattr(status, name) for name in ('st_mode', 'st_size', 'st_uid', 'st_gid', 'st_nlink', 'st_mtime')}

    def readdir(self, path, handle):
        return ['.', '..', *os.listdir(self.there(path))]

    def create(self, path, mode, info=None):
        return os.open(self.there(path), os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)

    def open(self, path, flags):
        return os.open(self.there(path), flags & ~os.O_CREAT)

    def read(self, path, size, offset, handle):
        return os.pread(handle, size, offset)

    def write(self, path, data, offset, handle):
        return os.pwrite(handle, data, offset)

    def truncate(self, path, length, handle=None):
        os.truncate(self.there(path), length)

    def chmod(self, path, mode):
        os.chmod(self.there(path), mode)

    def unlink(self, path):
        os.unlink(self.there(path))

    def rename(self, old, new):
        os.rename(self.there(old), self.there(new))

    def fsync(self, path, data_only, handle):
        os.fsync(handle)

    def fsyncdir(self, path, data_only, handle):
        pass

    def flush(self, path, handle):
        pass

    def release(self, path, handle):
        os.close(handle)


if __name__ == '__main__':
    fuse.FUSE(Failing(sys.argv[1], pathlib.Path(sys.argv[3])), sys.argv[2], foreground=True, nothreads=True)
