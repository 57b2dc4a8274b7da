"""The live test bed: a whole Django site of real services, and verbs to break and mend it.

Read bed.py first: it names the parts and the order in which they come up. Each service has a file
of its own, with the configuration of a healthy host and switches for the ways of getting it wrong.
"""
from .bed import Bed, BedError

__all__ = ['Bed', 'BedError']
