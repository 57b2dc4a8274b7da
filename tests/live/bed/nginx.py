"""nginx, the front: exact server names, strangers dropped, HTTPS only, static and media files."""
from .certificates import openssl
from .service import Service

SITE_NAMES = ['shop.test', 'www.shop.test']
# The Host as it was sent, port and all: without this nginx serves "shop.test:evil" as shop.test.
SITE_PATTERN = r'(www\.)?shop\.test'

# Set here for every answer, files and errors too, so what Django says about them is hidden.
SECURITY_HEADERS = {
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Content-Security-Policy': "default-src 'self'; object-src 'none'; base-uri 'self'; "
                               "form-action 'self'; frame-ancestors 'none'",
}
HSTS = {'Strict-Transport-Security': 'max-age=63072000; includeSubDomains; preload'}


class Nginx(Service):
    name = 'nginx'
    ports = (80,)
    healthy = {
        'running': True,                    # False: another front is in its place
        'server_names': SITE_NAMES,         # of the site over HTTPS
        'host_pattern': SITE_PATTERN,       # what the Host header must look like; None: anything
        'host_passed': '$host',             # the Host that Django gets
        'forwarded_host': '""',             # the X-Forwarded-Host that Django gets
        'unknown_host': 'drop',             # over HTTPS: drop, or proxy to Django
        'unknown_host_http': 'return 444;',
        'unknown_sni': 'reject',            # reject the handshake, or accept it
        'redirect': {},                     # from HTTP, by name; else to HTTPS on that same name
        'redirect_code': 301,
        'plain_paths': (),                  # served over HTTP, without a redirect
        'plain_locations': {},              # further ones over HTTP: {path: lines}
        'certificate': 'site',
        'certificate_v6': None,             # another one there
        'protocols': 'TLSv1.2 TLSv1.3',
        'ciphers': 'ECDHE+AESGCM:ECDHE+CHACHA20',
        'group_bits': None,                 # of Diffie-Hellman, for ciphers with DHE
        'https': True,                      # False: something else listens on 443
        'inner_port': None,                 # the site for any Host, on 127.0.0.1, without TLS
        'allow_origin': None,               # Access-Control-Allow-Origin on every answer
        'listing': False,                   # directory indexes of static and media
        'static_location': '/static/',
        'static_proxied': False,            # static files come from Django
        'static_lifetime': 'public, max-age=31536000, immutable',   # of those with a hash
        'upload_headers': True,             # uploads to be saved, and in a sandbox
        'media_location': '/media/',        # without its last slash, /media../ climbs out
        'media_php': None,                  # a pattern: what matches below media goes to PHP
        'media_server': None,               # uploads are handed to the server at that address
        'media_ssi': False,                 # server side includes below media
        'tokens': 'off',
        'headers': {},                      # instead of those below, by name; None: not sent
        'hsts': HSTS['Strict-Transport-Security'],
        'own_headers': (),                  # of static, media: those with none but their own
        'on_errors': True,                  # False: headers on good answers alone
        'cookie_flags': None,               # nginx's proxy_cookie_flags
        'plain_scheme': 'https',            # what plain_paths tell Django
        'lines': (),                        # further ones of the site over HTTPS
        'most_requests': None,              # of one address; beyond, it is told to come back later
        'locations': {},                    # further ones of the site over HTTPS: {path: lines}
    }

    def argv(self):
        return ['nginx', '-e', self.log, '-c', self.etc / 'nginx.conf', '-g', 'daemon off;']

    def start(self):
        if self.switches.running:
            super().start()

    def files(self, s):
        return {self.etc / 'nginx.conf': (self._main(s), 'root', 0o644)}

    def ready(self, pid):
        port443 = self.bed.processes.listens(pid, 443)
        return super().ready(pid) and (port443 or not self.switches.https)

    def _main(self, s):
        servers = [self._http_unknown(s)] + [self._http(s, name) for name in SITE_NAMES]
        if s.https:
            servers += [self._https_unknown(s), *self._https(s)]
        if s.inner_port:
            listen = [f'listen 127.0.0.1:{s.inner_port};']
            servers.append(server(listen, self._site(s, hsts(s), 'https')))
        certificate, key = self.bed.certificates.pair(s.certificate)
        run, logs = self.bed.path('run/nginx'), self.bed.path('var/log')
        return f'''# {"running" if s.running else "stopped"}
user www-data;
worker_processes 2;
pid {run}/nginx.pid;
events {{ worker_connections 512; }}

http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log {logs}/nginx-access.log;
    server_tokens {s.tokens};
    sendfile on;
    client_max_body_size 10m;
    client_body_temp_path {run}/body;
    proxy_temp_path {run}/proxy;
    fastcgi_temp_path {run}/fastcgi;
    uwsgi_temp_path {run}/uwsgi;
    scgi_temp_path {run}/scgi;

    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_protocols {s.protocols};
    ssl_ciphers {s.ciphers};
    {self._group(s)}
    ssl_session_tickets off;
    {self._limit(s)}

    map $http_host $host_is_ours {{
        default 0;
        "~*^({s.host_pattern or '.*'})(:(80|443))?$" 1;
    }}
    map $uri $static_lifetime {{
        default "public, max-age=3600";
        "~\\.[0-9a-f]{{12}}\\." "{s.static_lifetime}";
    }}

{"".join(servers)}}}
'''

    # Over HTTP: nothing for strangers, one literal redirect for each name of ours.

    def _http_unknown(self, s):
        return server(self._listen(80, 'default_server'), ['server_name "";', s.unknown_host_http])

    def _http(self, s, name):
        target = s.redirect.get(name, f'https://{name}$request_uri')
        redirect = f'return {s.redirect_code} {target};'
        body = [f'server_name {name};', *guard(s)]
        if not s.plain_paths and not s.plain_locations:
            return server(self._listen(80), body + [redirect])
        # A front that claims HTTPS to Django, else Django's own SECURE_SSL_REDIRECT would mend it.
        if '/' in s.plain_paths:
            return server(self._listen(80), body + self._site(s, {}, s.plain_scheme))
        body += headers(SECURITY_HEADERS)
        for path in s.plain_paths:
            body += location(path, self._proxy(s, s.plain_scheme))
        for path, lines in s.plain_locations.items():
            body += location(path, lines)
        return server(self._listen(80), body + location('/', [redirect]))

    # Over HTTPS: a handshake only for our names, and a drop for another Host on a good handshake.

    def _https_unknown(self, s):
        body = ['server_name "";']
        if s.unknown_sni == 'reject':
            body.append('ssl_reject_handshake on;')
        if s.unknown_host == 'proxy':
            body += headers({**SECURITY_HEADERS, **hsts(s)})
            body += location('/', self._proxy(s, '$scheme'))
        else:
            body.append('return 444;')
        return server(self._listen(443, 'ssl http2 default_server'), body)

    def _https(self, s):
        names = ' '.join(f'"{name}"' for name in s.server_names)
        body = [f'server_name {names};', *guard(s), *s.lines,
                *self._site(s, hsts(s), '$scheme')]
        listen = self._listen(443, 'ssl http2')
        if not s.certificate_v6:
            return [server(listen, body)]
        certificate, key = self.bed.certificates.pair(s.certificate_v6)
        other = [f'ssl_certificate {certificate};', f'ssl_certificate_key {key};']
        return [server([line for line in listen if '[' not in line], body),
                server([line for line in listen if '[' in line], other + body)]

    def _site(self, s, more_headers, scheme):
        """The site itself: Django, static and media files."""
        common = {**SECURITY_HEADERS, **s.headers, **more_headers}
        if s.allow_origin:
            common['Access-Control-Allow-Origin'] = s.allow_origin
        # What a visitor uploaded is handed out to be saved, never shown as a page of the site.
        upload = {**common, 'Content-Disposition': 'attachment',
                  'Content-Security-Policy': "sandbox; default-src 'none'; object-src 'none'; "
                                             "frame-ancestors 'none'"}
        index = ['autoindex on;'] if s.listing else []
        always = s.on_errors
        static = [f'alias {self.bed.static}/;', *index,
                  *headers({**({} if 'static' in s.own_headers else common),
                            'Cache-Control': '$static_lifetime'}, always)]
        if s.static_proxied:
            static = self._proxy(s, scheme)
        if not s.upload_headers:
            upload = common
        if 'media' in s.own_headers:
            upload = {'Cache-Control': 'no-cache'}
        media = [f'alias {self.bed.media}/;', *index, *headers(upload, always)]
        if s.media_server:
            media = [f'proxy_pass http://{s.media_server};', *headers(upload, always)]
        if s.media_ssi:
            media.append('ssi on;')
        if s.media_php:
            media += location(f'~ {s.media_php}', [
                'include /etc/nginx/fastcgi_params;',
                'fastcgi_param SCRIPT_FILENAME $request_filename;',
                f'fastcgi_pass unix:{self.bed.php.socket};'])
        more = [line for path, lines in s.locations.items() for line in location(path, lines)]
        return [*headers(common, always), *more, *location(s.static_location, static),
                *location(s.media_location, media), *location('/', self._proxy(s, scheme))]

    def _proxy(self, s, scheme):
        cookies = [f'proxy_cookie_flags {s.cookie_flags};'] if s.cookie_flags else []
        hidden = [f'proxy_hide_header {name};' for name in (*SECURITY_HEADERS, *HSTS)]
        return [f'proxy_pass http://{self.bed.django.front_address()};',
                'proxy_http_version 1.1;',
                'proxy_set_header Connection "";',
                f'proxy_set_header Host {s.host_passed};',
                f'proxy_set_header X-Forwarded-Host {s.forwarded_host};',
                f'proxy_set_header X-Forwarded-Proto {scheme};',
                'proxy_set_header X-Forwarded-For $remote_addr;', *cookies, *hidden]

    def _group(self, s):
        """Moduli of such a size are made in no time when they need not be safe primes."""
        if not s.group_bits:
            return ''
        path = self.etc / 'dh.pem'
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            openssl('dhparam', '-dsaparam', '-out', path, s.group_bits)
        return f'ssl_dhparam {path};'

    def _limit(self, s):
        """A bucket that does not refill while anybody looks: as good as a ban."""
        if not s.most_requests:
            return ''
        return f'''limit_req_zone $binary_remote_addr zone=callers:1m rate=1r/m;
    limit_req zone=callers burst={s.most_requests} nodelay;
    limit_req_status 429;'''

    def _listen(self, port, words=''):
        return [f'listen {socket} {words}'.rstrip() + ';' for socket in self.host.sockets(port)]


def guard(s):
    return ['if ($host_is_ours = 0) { return 444; }'] if s.host_pattern else []


def hsts(s):
    return {'Strict-Transport-Security': s.hsts}


def headers(values, always=True):
    return [f'add_header {name} "{value}"{" always" if always else ""};'
            for name, value in values.items() if value]


def location(path, lines):
    return [f'location {path} {{', *('    ' + line for line in lines), '}']


def server(listen, lines):
    inside = '\n'.join('        ' + line for line in [*listen, *lines])
    return f'    server {{\n{inside}\n    }}\n'
