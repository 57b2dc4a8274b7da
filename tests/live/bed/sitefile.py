"""The site file that tells postflight what this bed is."""


def text(bed):
    return _loopback(bed) if bed.loopback else _network(bed)


def _network(bed):
    def far(role, alias):
        return (f'{{role: {role}, ssh: {alias}, ssh_config: {bed.path("ssh_config")}, '
                f'command: env {bed.program}}}')
    vantages = f'''  bastion: {{role: bastion}}
  world: {far('outside', 'outside')}
  app1: {far('app', 'app1')}
  db1: {far('db', 'db1')}'''
    return _text(bed, '', vantages, 'app1', 'db1', 'app1:8000', 'db1', 'cache1')


def _loopback(bed):
    """One machine that is everything; its names resolve nowhere, so addresses stand for them."""
    app, db = bed.hosts['app'].v4, bed.hosts['db'].v4
    return _text(bed, f'addresses: [{app}]\n', '  bastion: {role: app}', 'bastion', 'bastion',
                 f'{app}:8000', db, db)


def _text(bed, addresses, vantages, app, db, backend, db_host, cache_host):
    secrets = bed.path('etc/postflight')
    # Without hosts of their own there is no logrotate.conf of the bed's: the machine's is not ours.
    log = bed.path('var/log/shop/django.log')
    logs = '' if bed.loopback else f'logs: {{on: [{app}], files: [{log}]}}\n'
    return f'''site: shop
url: https://shop.test
hosts: [shop.test, www.shop.test]
{addresses}ca_file: {bed.certificates.authority}
login_path: /accounts/login/
admin_path: /admin/
allow_writes: true

vantages:
{vantages}

app:
  on: [{app}]
  project: {bed.django.project}
  python: /usr/bin/python3
  settings: shop.settings.production
  user: daemon
  backend: {backend}

databases:
  - name: default
    url: postgresql://shop@{db_host}:5432/shop
    password_file: {secrets}/db.pw
    allow_from: [{app}]
  - name: reports
    url: mysql://shop@{db_host}:3306/shop
    password_file: {secrets}/mysql.pw
    allow_from: [{app}]
  - name: search
    url: sqlite://{bed.search}

caches:
  - name: visits
    url: rediss://{cache_host}:6379/1
    username: shop
    password_file: {secrets}/redis.pw
    allow_from: [{app}]
  - name: default
    url: memcached://{cache_host}:11211
    allow_from: [{app}]

static: {{on: [{app}], root: {bed.static}, url: /static/, owner: bin, web_user: www-data}}
media: {{on: [{app}], root: {bed.media}, url: /media/, owner: daemon, web_user: www-data}}
{logs}
backups:
  - name: database
    of: default
    on: {db}
    files: {bed.backups}/db-*.dump
    max_age: 26h
    keep: 3
    restore_into: postgresql://backup@/postgres?host={bed.postgres.socket}
    drill_max_age: 7d
  - name: database-elsewhere
    of: default
    on: {db}
    s3:
      bucket: {bed.s3.bucket}
      prefix: {bed.s3.prefix}
      endpoint: https://{bed.s3.where}:9000
      region: {bed.s3.region}
      access_key: {bed.s3.access_key}
      password_file: {secrets}/s3.pw
    max_age: 26h
    keep: 3
  - name: reports
    of: reports
    on: {db}
    files: {bed.backups}/reports-*.sql
    max_age: 26h
    keep: 3
    restore_into: mysql://backup@/?socket={bed.mariadb.socket}
  - name: search
    of: search
    on: {app}
    files: {bed.backups}/search-*.sqlite3
    max_age: 26h
    keep: 3
    restore_into: sqlite:///tmp
  - name: uploads
    of: media
    on: {app}
    files: {bed.backups}/media-*.tar.gz
    max_age: 26h
    keep: 3
{"" if bed.loopback else bed.offsite.blocks()}'''
