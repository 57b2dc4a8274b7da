"""MariaDB lets the site's user in from anywhere, without a password."""
RED = ['databases.mysql']


def break_it(bed):
    bed.mariadb.reconfigure(more_sql="CREATE USER shop@'%' IDENTIFIED BY '';")
    bed.open_firewall(3306)
