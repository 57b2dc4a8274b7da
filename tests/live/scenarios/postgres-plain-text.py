"""PostgreSQL takes the app's connection without TLS as well."""
RED = ['databases.tls-required']


def break_it(bed):
    app = bed.hosts['app']
    bed.postgres.reconfigure(more_hba=[f'hostnossl shop shop {app.v4}/32 scram-sha-256',
                                       f'hostnossl shop shop {app.v6}/128 scram-sha-256'])
