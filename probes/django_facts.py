"""What a Django project is like, as facts: sent to the site's own Python on standard input.

Python 3.6 and later, Django 3.2 to 6.1. The first argument names the parts that are asked for, with
commas between. Each fact is a line `postflight NAME=VALUE`, and after the last one of a part comes
`end=PART`, which proves that none is missing. No secret is ever a value: of keys there are lengths
and a slow keyed digest, of errors only what names a module, a variable or a file, since a traceback
quotes lines of the settings. What the settings print is thrown away; whatever they do, it is over
within PATIENCE seconds.
"""
import glob
import os
import signal
import stat
import sys

PATIENCE = 15
OUT = os.dup(1)
VOID = os.open(os.devnull, os.O_RDWR)
for stream in (0, 1, 2):
    os.dup2(VOID, stream)
PID = os.getpid()


def say(name, *values):
    if os.getpid() != PID:      # the settings forked, and this is the child
        os._exit(0)
    text = ' '.join(' '.join(str(value).split()) for value in values)[:4096]
    os.write(OUT, ('postflight %s=%s\n' % (name, text)).encode('utf-8', 'backslashreplace'))


def why(error):
    """Names of modules, variables, settings and files; never the words, which may quote a value."""
    name, told = type(error).__name__, ''
    if isinstance(error, ImportError):
        told = error.name or ''
    elif isinstance(error, OSError):
        told = '%s: %s' % (error.strerror, error.filename)
    elif isinstance(error, KeyError) and error.args:
        told = str(error.args[0])
        told = told if told.isidentifier() else ''
    elif name == 'ImproperlyConfigured':
        from django.conf import global_settings
        words = str(error).replace('.', ' ').replace("'", ' ').split()
        told = next((w for w in words if w.isupper() and hasattr(global_settings, w)), '')
    return '%s: %s' % (name, told[:200]) if told else name


def told(action, *arguments):
    """One group of facts; its failure is a fact too, and the others are not lost."""
    try:
        action(*arguments)
    except Exception as error:
        say('failed', action.__name__, why(error))


def word(value):
    """For the middle of a line: never empty, never two words."""
    return '-'.join(str(value).split()) or '-'


def fingerprint(secret):
    """Slow and of a salt that is nobody else's, so that a list of likely keys is no way back."""
    import hashlib
    raw = secret if isinstance(secret, bytes) else str(secret).encode('utf-8', 'replace')
    return hashlib.pbkdf2_hmac('sha256', raw, b'postflight/secret-key/1', 100000).hex()[:32]


def key_facts(settings):
    keys = [settings.SECRET_KEY] + list(getattr(settings, 'SECRET_KEY_FALLBACKS', None) or [])
    for number, key in enumerate(keys):
        text = key.decode('latin-1') if isinstance(key, bytes) else str(key)
        name = 'fallback' if number else 'secret_key'
        say(name, len(text), len(set(text)), text.startswith('django-insecure-'), fingerprint(key))


def cookie_facts(settings):
    for which in ('SESSION', 'CSRF'):
        for what in ('NAME', 'SECURE', 'HTTPONLY', 'SAMESITE'):
            name = '%s_COOKIE_%s' % (which, what)
            value = getattr(settings, name)
            say(name.lower(), bool(value) if what in ('SECURE', 'HTTPONLY') else value)
    say('csrf_use_sessions', bool(settings.CSRF_USE_SESSIONS))


def security_facts(settings):
    middleware = list(settings.MIDDLEWARE or [])
    say('security_middleware', 'django.middleware.security.SecurityMiddleware' in middleware)
    say('frame_middleware',
        'django.middleware.clickjacking.XFrameOptionsMiddleware' in middleware)
    say('hsts_seconds', int(settings.SECURE_HSTS_SECONDS or 0))
    say('ssl_redirect', bool(settings.SECURE_SSL_REDIRECT))
    say('nosniff', bool(settings.SECURE_CONTENT_TYPE_NOSNIFF))
    say('frame_options', settings.X_FRAME_OPTIONS)
    policy = settings.SECURE_REFERRER_POLICY
    say('referrer_policy', policy if isinstance(policy, str) else ','.join(policy or []))
    for check in settings.SILENCED_SYSTEM_CHECKS or []:
        say('silenced', check)


def template_facts(settings):
    import django
    for engine in settings.TEMPLATES or []:
        options = engine.get('OPTIONS') or {}
        native = engine.get('BACKEND', '').endswith('DjangoTemplates')
        loaders = repr(options.get('loaders') or '')
        debug = options.get('debug', settings.DEBUG)
        cached = 'cached.Loader' in loaders if loaders != "''" else (
            django.VERSION >= (4, 1) or not debug)
        say('template', word(engine.get('BACKEND', '')), bool(options.get('debug', False)),
            cached or not native)


def cache_address(alias, backend, location):
    """Where it is, for whom, and whether it takes a password: never which."""
    from urllib.parse import urlsplit
    place = location if isinstance(location, str) else (list(location) or [''])[0]
    place = place.split(',')[0].split(';')[0]
    if 'redis' in backend.lower() and '://' in place:
        url = urlsplit(place)
        say('cache_url', word(alias), '%s://%s:%s%s' % (
            url.scheme, url.hostname, url.port or 6379, url.path), bool(url.password),
            word(url.username or ''))
    elif 'memcached' in backend.lower() and place and not place.startswith(('/', 'unix:')):
        host, colon, port = place.rpartition(':')
        say('cache_url', word(alias), 'memcached://%s:%s' % (
            host if colon else place, port if colon else 11211), False, '-')


def cache_facts(settings):
    say('caches_set', settings.is_overridden('CACHES'))
    for alias, cache in (settings.CACHES or {}).items():
        backend = cache.get('BACKEND', '')
        place = cache.get('LOCATION', '') if 'filebased' in backend else '-'
        say('cache', word(alias), word(backend), place or '-')
        told(cache_address, alias, backend, cache.get('LOCATION') or '')
    for name in ('STATIC_ROOT', 'MEDIA_ROOT', 'STATIC_URL', 'MEDIA_URL', 'LOGIN_URL'):
        say(name.lower(), getattr(settings, name, None) or '')


def session_facts(settings):
    say('session_engine', settings.SESSION_ENGINE)
    say('session_serializer', settings.SESSION_SERIALIZER)
    say('session_cache', settings.SESSION_CACHE_ALIAS)
    say('session_app', 'django.contrib.sessions' in settings.INSTALLED_APPS)


def database_facts(settings):
    for alias, database in (settings.DATABASES or {}).items():
        options = database.get('OPTIONS') or {}
        engine = database.get('ENGINE', '')
        if not engine:
            continue
        say('database', word(alias), word(engine), database.get('CONN_MAX_AGE', 0),
            bool(database.get('CONN_HEALTH_CHECKS', False)), bool(options.get('pool')))
        for name in ('HOST', 'PORT', 'USER', 'NAME'):
            say('database_%s' % name.lower(), word(alias), database.get(name) or '')
        if 'postg' in engine:
            mode = options.get('sslmode') or os.environ.get('PGSSLMODE') or (
                'service' if options.get('service') else 'prefer')
            say('database_sslmode', word(alias), word(mode), word(database.get('HOST') or ''))
            root = options.get('sslrootcert') or os.environ.get('PGSSLROOTCERT') or ''
            if str(root).startswith('/'):
                say('database_ca', str(root))


def mail_of(settings):
    """(backend, host, port, encryption) of the mail that errors are told by."""
    mailers = getattr(settings, 'MAILERS', None)
    if mailers:
        mailer = mailers.get('default') or {}
        options = mailer.get('OPTIONS') or {}
        ssl, tls = options.get('use_ssl'), options.get('use_tls')
        return (mailer.get('BACKEND', ''), options.get('host', 'localhost'),
                options.get('port') or 25, 'ssl' if ssl else 'starttls' if tls else 'none')
    ssl, tls = settings.EMAIL_USE_SSL, settings.EMAIL_USE_TLS
    return (settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT,
            'ssl' if ssl else 'starttls' if tls else 'none')


def mail_facts(settings):
    backend, host, port, encryption = mail_of(settings)
    say('email_backend', backend)
    say('email_server', word(host), port, encryption)
    say('admins', len(settings.ADMINS or []))
    say('managers', len(settings.MANAGERS or []))
    say('broken_links', any('BrokenLinkEmails' in name for name in settings.MIDDLEWARE or []))
    say('ignorable_404', len(settings.IGNORABLE_404_URLS or []))
    monitor = [name for name in ('sentry_sdk', 'raven', 'rollbar', 'bugsnag', 'elasticapm',
                                 'newrelic', 'honeybadger') if name in sys.modules]
    if 'sentry_sdk' in monitor and not sentry_is_on():
        monitor.remove('sentry_sdk')
    say('monitor', ' '.join(monitor))


def sentry_is_on():
    import sentry_sdk
    client = sentry_sdk.Hub.current.client if not hasattr(sentry_sdk, 'get_client') else (
        sentry_sdk.get_client())
    return bool(client and getattr(client, 'dsn', None))


def log_facts(settings):
    for name, handler in ((settings.LOGGING or {}).get('handlers') or {}).items():
        kind = handler.get('class', handler.get('()', ''))
        say('log', word(name), word(kind), handler.get('filename', '-'))


def settings_facts(settings):
    import django
    hosts = settings.ALLOWED_HOSTS
    say('django', django.get_version())
    say('debug', bool(settings.DEBUG))
    for host in [hosts] if isinstance(hosts, str) else hosts:
        say('allowed_host', host)
    say('use_x_forwarded_host', bool(settings.USE_X_FORWARDED_HOST))
    cookie_facts(settings)
    for group in (key_facts, security_facts, template_facts, cache_facts, session_facts,
                  database_facts, mail_facts, log_facts):
        told(group, settings)


# Which files the settings were read from: whatever is opened while they are imported (PEP 578, Python
# 3.8), and the modules themselves with their compiled copies.
OPENED = {}


def watch(event, args):
    if event == 'open' and isinstance(args[0], (str, bytes)) and len(OPENED) < 20000:
        OPENED[os.path.abspath(os.fsdecode(args[0]))] = True


def is_library(path):
    parts = path.split(os.sep)
    return 'site-packages' in parts or 'dist-packages' in parts or path.startswith(
        (os.path.dirname(os.__file__) + os.sep, '/proc/', '/dev/'))


def content(path):
    try:
        seen = os.stat(path)
        if stat.S_ISREG(seen.st_mode) and seen.st_size <= 1 << 20:
            with open(path, 'rb') as file:
                return file.read(1 << 20)
    except (OSError, ValueError):
        pass
    return b''


def units():
    """systemd units and what they read their environment from."""
    found = []
    for pattern in ('/etc/systemd/system/*.service', '/etc/systemd/system/*/*.conf',
                    '/lib/systemd/system/*.service', '/etc/default/*', '/etc/environment'):
        found += glob.glob(pattern)
    for unit in list(found):
        for line in content(unit).split(b'\n'):
            if line.strip().startswith(b'EnvironmentFile='):
                name = os.fsdecode(line.split(b'=', 1)[1].strip()).lstrip('-')
                found += glob.glob(name) if name.startswith('/') else []
    return found


def candidates(module, opened):
    """Files that may hold a secret of the site."""
    paths = [path for path in opened if not is_library(path)]
    package = module.rpartition('.')[0]
    for name, loaded in list(sys.modules.items()):
        if name == module or (package and (name + '.').startswith(package + '.')):
            paths += [getattr(loaded, '__file__', None), getattr(loaded, '__cached__', None)]
    project = os.getcwd()
    for place in (project, os.path.dirname(project)):
        paths += glob.glob(os.path.join(place, '.env*'))
    known = {os.path.abspath(path): True for path in paths + units() if path}
    return list(known)[:2000]


def holders(name, secrets, paths):
    """The files in which a secret's very bytes are, and the units that have it in a line."""
    needles = [text.encode('utf-8', 'surrogateescape') for text in secrets if len(text) >= 6]
    for path in paths if needles else []:
        data = content(path)
        if not any(needle in data for needle in needles):
            continue
        say(name, path)
        lines = [line.strip() for line in data.split(b'\n')]
        if '/systemd/' in path and any(
                line.startswith(b'Environment=') and any(needle in line for needle in needles)
                for line in lines):
            say('unit_environment', path)


def password_files(databases):
    import pwd
    home = pwd.getpwuid(os.geteuid()).pw_dir
    names = [os.path.join(home, '.pgpass'), os.path.join(home, '.my.cnf')]
    for database in databases:
        options = database.get('OPTIONS') or {}
        names += [options.get('passfile'), options.get('read_default_file')]
    for name in names:
        if name and os.path.lexists(str(name)):
            say('password_file', os.path.abspath(str(name)))


def manifest_facts(settings):
    from django.contrib.staticfiles.storage import staticfiles_storage
    name = getattr(staticfiles_storage, 'manifest_name', None)
    own = getattr(staticfiles_storage, 'manifest_storage', None)
    if name and own in (None, getattr(staticfiles_storage, '_wrapped', None)):
        say('manifest', name)


def place_facts(settings):
    """Where files are, without links, and which of them hold the secrets."""
    opened = list(OPENED)
    for name, value in (('static_path', settings.STATIC_ROOT), ('media_path', settings.MEDIA_ROOT),
                        ('project', os.getcwd())):
        if value:
            say(name, os.path.realpath(str(value)))
    databases = list((settings.DATABASES or {}).values())
    passwords = [str(database.get('PASSWORD') or '') for database in databases]
    paths = candidates(os.environ['DJANGO_SETTINGS_MODULE'], opened)
    holders('secret_key_file', [str(settings.SECRET_KEY)], paths)
    holders('password_file', passwords, paths)
    password_files(databases)
    say('password', any(passwords))
    for handler in ((settings.LOGGING or {}).get('handlers') or {}).values():
        if isinstance(handler, dict) and handler.get('filename'):
            kind = handler.get('class') or handler.get('()')
            say('log_file', kind, os.path.abspath(str(handler['filename'])))
    told(manifest_facts, settings)


ERRORS = {'400': 'bad_request', '403': 'permission_denied', '404': 'page_not_found',
          '500': 'server_error'}


def has_template(name):
    from django.template import loader
    from django.template.exceptions import TemplateDoesNotExist
    try:
        loader.get_template(name)
        return True
    except TemplateDoesNotExist:
        return False


def error_view_facts(settings):
    from django.urls import get_resolver
    urls = get_resolver().urlconf_module
    for status, view in ERRORS.items():
        handler = getattr(urls, 'handler' + status, None)
        own = handler is not None and handler != 'django.views.defaults.' + view
        name = getattr(handler, '__module__', '') + '.' + getattr(handler, '__name__', '')
        if name == 'django.views.defaults.' + view:
            own = False
        say('error_view', status, 'handler' if own else
            'template' if has_template(status + '.html') else 'default')
    own = settings.CSRF_FAILURE_VIEW != 'django.views.csrf.csrf_failure'
    say('error_view', 'csrf', 'handler' if own else
        'template' if has_template('403_csrf.html') else 'default')


def deploy_facts(settings):
    """What `manage.py check --deploy` finds, by its ids: the texts differ from version to version."""
    import django
    from django.core import checks
    django.setup()
    told(error_view_facts, settings)
    for message in checks.run_checks(include_deployment_checks=True):
        name = 'hidden' if message.is_silenced() else 'reported'
        say(name, message.id or 'without-id', message.level)
    say('checked', True)


def expired_facts(settings):
    """Sessions in the database, where they are kept there."""
    if not settings.SESSION_ENGINE.endswith(('.db', '.cached_db')):
        return
    import django
    from datetime import timedelta
    from django.utils import timezone
    django.setup()
    from django.contrib.sessions.models import Session
    now, most = timezone.now(), 100000
    expired = Session.objects.filter(expire_date__lt=now).order_by()
    month = expired.filter(expire_date__lt=now - timedelta(days=31))
    say('sessions', Session.objects.order_by()[:most].count(), expired[:most].count(),
        month[:most].count())


SLOW = 'it did not answer to the end'


def patient(kind, most_bytes, until):
    """A client that hears no more than so much, no longer than so long, however it drips or floods."""
    import io
    import smtplib
    import socket
    import time
    why = []

    class Ear(io.RawIOBase):
        def __init__(self, sock):
            self.sock, self.left = sock, most_bytes

        def readable(self):
            return True

        def readinto(self, room):
            left = until - time.monotonic()
            if left > 0 and self.left > 0:
                self.sock.settimeout(left)
                try:
                    count = self.sock.recv_into(room)
                    self.left -= count
                    return count
                except socket.timeout:
                    pass
            why.append('it said far too much' if self.left <= 0 else SLOW)
            raise OSError(0, why[0])

    class Client(kind):
        def getreply(self):
            if self.file is None:       # anew after STARTTLS
                self.file = io.BufferedReader(Ear(self.sock), 512)
            try:
                return kind.getreply(self)
            except smtplib.SMTPServerDisconnected:
                if why:
                    raise OSError(0, why[0])
                raise

    return Client


def mail_context():
    """As Django would: since 4.2 its certificate must be one that this host trusts."""
    import ssl
    from django.core.mail.backends.smtp import EmailBackend
    context = ssl.create_default_context()
    if not hasattr(EmailBackend, 'ssl_context'):
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def mail_server_facts(settings):
    """Says hello as Django would before a mail, and goodbye."""
    import smtplib
    import ssl
    import time
    backend, host, port, encryption = mail_of(settings)
    kind = smtplib.SMTP_SSL if encryption == 'ssl' else smtplib.SMTP
    options = {'context': mail_context()} if encryption == 'ssl' else {}
    try:
        server = patient(kind, 65536, time.monotonic() + 8)(host, int(port), timeout=8, **options)
        code = server.ehlo()[0]
        say('mail_hello', code)
        if 200 <= code < 300:
            say('mail_offers_tls', server.has_extn('starttls'))
            if encryption == 'starttls':
                server.starttls(context=mail_context())
                say('mail_tls', server.ehlo()[0])
        server.quit()
    except ssl.SSLError as error:
        say('mail_failed', getattr(error, 'verify_message', '') or error.reason or type(error).__name__)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        reason = getattr(error, 'strerror', None) or type(error).__name__
        say('mail_slow' if reason == SLOW else 'mail_failed', reason)


def git(settings, *words):
    import subprocess
    safe = {'PATH': os.environ.get('PATH', ''), 'LANG': 'C', 'GIT_ALLOW_PROTOCOL': 'none',
            'GIT_TERMINAL_PROMPT': '0', 'GIT_NO_LAZY_FETCH': '1', 'GIT_OPTIONAL_LOCKS': '0'}
    return subprocess.Popen(('git', '-c', 'safe.directory=*', '-c', 'core.fsmonitor=false') + words,
                            stdin=VOID, stdout=subprocess.PIPE, stderr=VOID, env=safe)


def repository():
    """Where the history of the project is kept, from here upwards; None: nowhere."""
    folder = os.getcwd()
    while True:
        if os.path.lexists(os.path.join(folder, '.git')):
            return folder
        if os.path.dirname(folder) == folder:
            return None
        folder = os.path.dirname(folder)


def history_facts(settings):
    """Reads every object there is, packed or not, of whatever branch; the key is in no argv."""
    import time
    folder = repository()
    say('repository', folder or '')
    if not folder:
        return
    needles = []
    for number, key in enumerate([settings.SECRET_KEY]
                                 + list(getattr(settings, 'SECRET_KEY_FALLBACKS', None) or [])):
        raw = key if isinstance(key, bytes) else str(key).encode('utf-8', 'replace')
        quoted = repr(key)[1:-1].encode('utf-8', 'replace')
        needles += [(number, text) for text in {raw, quoted} if len(text) >= 8]
    until, objects, skipped, found = time.monotonic() + PATIENCE - 3, 0, 0, {}
    reader = git(settings, 'cat-file', '--batch-all-objects', '--batch', '--buffer', '--unordered')
    whole = False
    while time.monotonic() < until:
        head = reader.stdout.readline().split()
        if len(head) != 3:
            whole = not head
            break
        size, objects = int(head[2]), objects + 1
        if size > 32 * 1024 * 1024:
            skipped += 1
            while size > 0:
                size -= len(reader.stdout.read(min(size, 1 << 20)) or b' ' * size)
            reader.stdout.read(1)
            continue
        data = reader.stdout.read(size + 1)
        for number, text in needles:
            if text in data:
                found.setdefault(number, head[0].decode())
    if not whole:
        reader.kill()
    whole = reader.wait() == 0 and whole
    for number, name in sorted(found.items()):
        say('in_history', number, name[:12])
    say('history', objects, skipped, whole)


def mark_facts(settings):
    """Looks for marks in what the settings log to, for as long as one is missing."""
    import time
    marks = [text.encode() for text in sys.argv[2:]]
    handlers = ((settings.LOGGING or {}).get('handlers') or {}).values()
    paths = sorted({str(handler['filename']) for handler in handlers if handler.get('filename')})
    until = time.monotonic() + 4
    seen = {}
    while paths:
        for path in paths:
            try:
                with open(path, 'rb') as log:
                    log.seek(max(0, os.fstat(log.fileno()).st_size - 4 * 1024 * 1024))
                    text = log.read()
            except OSError as error:
                seen.setdefault(path, error.strerror)
                continue
            for number, mark in enumerate(marks):
                if mark in text:
                    seen.setdefault(number, path)
        if 0 in seen or time.monotonic() > until:
            break
        time.sleep(0.2)
    for path in paths:
        say('looked_at', path, seen.get(path, 'read').replace(' ', '-'))
    for number in range(len(marks)):
        say('mark', number, seen.get(number, '-'))


def variables_of_file(path):
    """NAME=value lines as systemd's EnvironmentFile= and most .env files have them."""
    with open(path, encoding='utf-8', errors='replace') as lines:
        for line in lines:
            name, equals, value = line.strip().partition('=')
            name = name[7:] if name.startswith('export ') else name
            value = value.strip()
            if value[:1] in ('"', "'") and value[-1:] == value[:1]:
                value = value[1:-1]
            if equals and name.strip().isidentifier():
                os.environ.setdefault(name.strip(), value)


def variables_of_site():
    """Settings that come from the environment are those of the running site, whose user we are."""
    module = ('DJANGO_SETTINGS_MODULE=' + os.environ.get('DJANGO_SETTINGS_MODULE', '')).encode()
    for name in os.listdir('/proc'):
        try:
            if not name.isdigit() or int(name) == PID or (
                    os.stat('/proc/' + name).st_uid != os.getuid()):
                continue
            with open('/proc/%s/environ' % name, 'rb') as environment:
                pairs = environment.read(1 << 20).split(b'\0')
            if module not in pairs and os.readlink('/proc/%s/cwd' % name) != os.getcwd():
                continue
        except OSError:
            continue
        for pair in pairs:
            key, equals, value = pair.partition(b'=')
            own = key.startswith((b'LD_', b'PYTHON', b'POSTFLIGHT')) or key in (b'PATH', b'LANG')
            if equals and not own:
                os.environb.setdefault(key, value)
        return


PARTS = {'settings': settings_facts, 'places': place_facts, 'deploy': deploy_facts,
         'sessions': expired_facts, 'mail': mail_server_facts, 'history': history_facts,
         'marks': mark_facts}


def main():
    """An alarm's own action ends the process, whatever Python is busy with."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(PATIENCE)
    parts = sys.argv[1].split(',')
    if 'places' in parts and hasattr(sys, 'addaudithook'):
        sys.addaudithook(watch)
    status = 0
    try:
        path = os.environ.pop('POSTFLIGHT_ENV_FILE', '')
        variables_of_file(path) if path else variables_of_site()
        from django.conf import settings
        settings.DEBUG      # reads the module
    except BaseException as error:
        say('error', why(error))
        os._exit(1)
    for part in parts:
        try:
            PARTS[part](settings)
            say('end', part)
        except BaseException as error:
            say('error_' + part, why(error))
            status = 1
    os._exit(status)


main()
