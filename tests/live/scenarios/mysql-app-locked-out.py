"""MariaDB has no account for the app's addresses."""
RED = ['databases.mysql']


def break_it(bed):
    bed.mariadb.reconfigure(more_sql="DELETE FROM mysql.global_priv WHERE User = 'shop'; "
                                     'FLUSH PRIVILEGES;')
