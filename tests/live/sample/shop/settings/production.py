"""The live site: behind nginx, secrets from files, PostgreSQL over TLS, memcached and Redis."""
from configparser import ConfigParser

import django

from .base import *  # noqa: F401,F403
from .base import BASE_DIR

# The project lies in /srv/shop below this root, its configuration in /etc/shop.
ROOT = BASE_DIR.parent.parent
ETC = ROOT / 'etc' / 'shop'


def secret(name):
    return (ETC / name).read_text().strip()


services = ConfigParser()
services.read(ETC / 'services.ini')

DEBUG = False
SECRET_KEY = secret('secret_key')
ALLOWED_HOSTS = ['shop.test', 'www.shop.test']
ADMINS = [('Operator', 'ops@shop.test')]
SERVER_EMAIL = DEFAULT_FROM_EMAIL = 'shop@shop.test'
EMAIL_BACKEND = 'django.core.mail.backends.smtp.EmailBackend'
EMAIL_HOST, EMAIL_PORT, EMAIL_USE_TLS = services['mail']['host'], 2525, True
EMAIL_TIMEOUT = 2

# nginx ends TLS, always sets this header itself and never passes on a client's.
SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 63072000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = 'same-origin'
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = True
X_FRAME_OPTIONS = 'DENY'
SESSION_ENGINE = 'django.contrib.sessions.backends.cached_db'

DATABASES = {'default': {
    'ENGINE': 'django.db.backends.postgresql',
    'NAME': 'shop',
    'USER': 'shop',
    'PASSWORD': secret('db_password'),
    'HOST': services['database']['host'],
    'PORT': '5432',
    'CONN_MAX_AGE': 60,
    'OPTIONS': {'sslmode': 'verify-full', 'sslrootcert': str(ETC / 'ca.pem'),
                'connect_timeout': 5},
}}
if django.VERSION >= (4, 1):
    DATABASES['default']['CONN_HEALTH_CHECKS'] = True

CACHES = {'default': {
    'BACKEND': 'django.core.cache.backends.memcached.PyMemcacheCache',
    'LOCATION': services['memcached']['address'],
    # A cache that is away is a miss, not an outage.
    'OPTIONS': {'ignore_exc': True, 'connect_timeout': 1, 'timeout': 1},
}}

REDIS = {
    'host': services['redis']['host'],
    'port': 6379,
    'db': 1,
    'username': 'shop',
    'password': secret('redis_password'),
    'ssl': True,
    'ssl_ca_certs': str(ETC / 'ca.pem'),
    'ssl_check_hostname': True,
}

STATIC_ROOT = ROOT / 'var' / 'www' / 'shop' / 'static'
MEDIA_ROOT = ROOT / 'var' / 'lib' / 'shop' / 'media'
FILE_UPLOAD_PERMISSIONS = 0o644
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o755
MANIFEST = 'django.contrib.staticfiles.storage.ManifestStaticFilesStorage'
if django.VERSION >= (4, 2):
    STORAGES = {'default': {'BACKEND': 'django.core.files.storage.FileSystemStorage'},
                'staticfiles': {'BACKEND': MANIFEST}}
else:
    STATICFILES_STORAGE = MANIFEST

LOGGING = {
    'version': 1,
    'disable_existing_loggers': False,
    'formatters': {'line': {'format': '{asctime} {levelname} {name} {message}', 'style': '{'}},
    'handlers': {'file': {
        'class': 'logging.handlers.WatchedFileHandler',     # goes on after logrotate
        'filename': str(ROOT / 'var' / 'log' / 'shop' / 'django.log'),
        'formatter': 'line',
    }},
    'root': {'handlers': ['file'], 'level': 'INFO'},
    'loggers': {'django': {'handlers': ['file'], 'level': 'INFO', 'propagate': False}},
}
