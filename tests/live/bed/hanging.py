#!/usr/bin/python3
"""A FUSE file system whose every question stays open: hanging.py MOUNT-POINT"""
import sys
import time

import fusepy as fuse


class Hanging(fuse.Operations):
    def getattr(self, path, fh=None):
        time.sleep(3600)
        raise fuse.FuseOSError(5)

    def readdir(self, path, fh):
        time.sleep(3600)
        return []


fuse.FUSE(Hanging(), sys.argv[1], foreground=True, allow_other=True)
