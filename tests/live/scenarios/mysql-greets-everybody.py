"""Everybody reaches MariaDB, which greets them: one account is for any host."""
RED = ['databases.mysql']


def break_it(bed):
    bed.mariadb.reconfigure(more_sql="CREATE USER report@'%' IDENTIFIED BY 'x-8231';")
    bed.open_firewall(3306)
