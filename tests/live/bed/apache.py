"""Apache httpd in nginx's place: the same site, the same care, in its own words."""
from .nginx import HSTS, SECURITY_HEADERS, SITE_NAMES
from .service import Service

MODULES = ('mpm_event', 'authz_core', 'mime', 'alias', 'autoindex', 'dir', 'headers', 'rewrite', 'proxy', 'proxy_http',
           'ssl', 'http2', 'socache_shmcb', 'setenvif')
FOLDER = '/usr/lib/apache2/modules'


class Apache(Service):
    name = 'apache'
    ports = (80, 443)
    healthy = {
        'running': False,
        'first': 'deny',        # the first virtual host, which takes whatever no other does: deny, or site
        'host_guarded': True,   # the Host header is looked at once more, port and all
        'listing': False,
        'overrides': False,     # AllowOverride All where uploads lie
    }

    def files(self, s):
        return {self.etc / 'httpd.conf': (self._main(s), 'root', 0o644)}

    def argv(self):
        return ['/usr/sbin/apache2', '-D', 'FOREGROUND', '-f', self.etc / 'httpd.conf']

    def start(self):
        if self.switches.running:
            super().start()

    def take_over(self, **switches):
        """One of the two listens at a time."""
        self.bed.nginx.reconfigure(running=False)
        self.reconfigure(running=True, **switches)

    def _main(self, s):
        run, logs = self.bed.path('run'), self.bed.path('var/log')
        certificate, key = self.bed.certificates.pair('site')
        loaded = '\n'.join(f'LoadModule {name}_module {FOLDER}/mod_{name}.so' for name in MODULES)
        listen = '\n'.join(f'Listen {socket}' for port in (80, 443) for socket in self.host.sockets(port))
        hosts = [self._plain_stranger(), self._plain(), self._site(s)]
        hosts.insert(3 if s.first == 'site' else 2, self._stranger())
        return f'''# {"running" if s.running else "stopped"}
ServerRoot {self.etc}
PidFile {run}/apache.pid
DefaultRuntimeDir {run}
{loaded}
{listen}
User www-data
Group www-data
ServerName shop.test
ServerTokens Prod
ServerSignature Off
TraceEnable Off
FileETag None
HttpProtocolOptions Strict
ErrorLog {logs}/apache-error.log
TypesConfig /etc/mime.types
StartServers 1
ServerLimit 2
ThreadsPerChild 64
MaxRequestWorkers 128
Protocols h2 http/1.1
SSLCertificateFile {certificate}
SSLCertificateKeyFile {key}
SSLProtocol -all +TLSv1.2 +TLSv1.3
SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20
SSLHonorCipherOrder on
SSLSessionTickets off
SSLCompression off
<Directory />
    AllowOverride None
    Options None
    Require all denied
</Directory>
{"".join(hosts)}'''

    def _plain_stranger(self):
        return host(80, ['ServerName stranger.invalid', '<Location />', '    Require all denied', '</Location>'])

    def _plain(self):
        return host(80, [f'ServerName {SITE_NAMES[0]}', f'ServerAlias {SITE_NAMES[1]}', *guard(),
                         *(line for name in SITE_NAMES for line in (
                             f'RewriteCond %{{HTTP_HOST}} ^{name}(:80)?$ [NC]',
                             f'RewriteRule ^ https://{name}%{{REQUEST_URI}} [R=301,L]'))])

    def _stranger(self):
        return host(443, ['ServerName stranger.invalid', 'SSLEngine on', '<Location />',
                          '    Require all denied', '</Location>'])

    def _site(self, s):
        upload = {'Content-Disposition': 'attachment',
                  'Content-Security-Policy': "sandbox; default-src 'none'; object-src 'none'; "
                                             "frame-ancestors 'none'"}
        index = ['    Options Indexes'] if s.listing else []
        always = {**SECURITY_HEADERS, **HSTS}
        lines = [f'ServerName {SITE_NAMES[0]}', f'ServerAlias {SITE_NAMES[1]}', 'SSLEngine on',
                 *(guard() + name_guard() if s.host_guarded else []),
                 # What Django sets goes, so that nothing arrives twice.
                 *(f'Header onsuccess unset {name}' for name in always),
                 *(f'Header always set {name} "{value}"' for name, value in always.items()),
                 'RequestHeader set X-Forwarded-Proto https', 'RequestHeader unset X-Forwarded-Host',
                 'ProxyAddHeaders Off', 'ProxyPreserveHost On',
                 f'Alias /static/ {self.bed.static}/', f'Alias /media/ {self.bed.media}/',
                 f'<Directory {self.bed.static}>', '    Require all granted', *index,
                 '    Header set Cache-Control "public, max-age=3600"',
                 r'    <FilesMatch "\.[0-9a-f]{12}\.">',
                 '        Header set Cache-Control "public, max-age=31536000, immutable"', '    </FilesMatch>',
                 '</Directory>', f'<Directory {self.bed.media}>', '    Require all granted', *index,
                 *(['    AllowOverride All'] if s.overrides else []), '</Directory>',
                 '<Location /media/>', *(f'    Header always set {name} "{value}"' for name, value in upload.items()),
                 '</Location>',
                 *(f'ProxyPass {path} !' for path in ('/static/', '/media/')),
                 f'ProxyPass / http://{self.bed.django.front_address()}/',
                 f'ProxyPassReverse / http://{self.bed.django.front_address()}/']
        return host(443, lines)


def guard():
    """Apache chooses by the name alone; what is behind it in the Host header is looked at here."""
    return ['RewriteEngine on', r'RewriteCond %{HTTP_HOST} !^(www\.)?shop\.test(:(80|443))?$ [NC]',
            'RewriteRule ^ - [F,L]']


def name_guard():
    """The same for the name in the handshake: SSLStrictSNIVHostCheck looks only for one at all."""
    return [r'RewriteCond %{SSL:SSL_TLS_SNI} !^(www\.)?shop\.test$ [NC]', 'RewriteRule ^ - [R=421,L]']


def host(port, lines):
    inside = '\n'.join('    ' + line for line in lines)
    return f'<VirtualHost *:{port}>\n{inside}\n</VirtualHost>\n'
