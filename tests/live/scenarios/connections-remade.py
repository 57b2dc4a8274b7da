"""The database has seen a session for every query, although the settings keep connections."""
RED = ['conn-max-age.persistent']


def break_it(bed):
    bed.postgres.reconfigure(past='reconnecting')
