"""lighttpd, as an old server that uploads are handed to; it runs CGI scripts without their bit."""
from .service import Service

PORT = 8085


class Lighttpd(Service):
    name = 'lighttpd'
    ports = (PORT,)
    user = 'daemon'
    healthy = {'running': False}

    def files(self, s):
        text = f'''# {"running" if s.running else "stopped"}
server.modules = ("mod_alias", "mod_cgi")
server.bind = "127.0.0.1"
server.port = {PORT}
server.document-root = "/nonexistent"
alias.url = ("/media/" => "{self.bed.media}/")
cgi.assign = (".cgi" => "/bin/sh", ".pl" => "/usr/bin/perl", ".py" => "/usr/bin/python3")
mimetype.assign = (".txt" => "text/plain", ".html" => "text/html", ".jpg" => "image/jpeg",
                   ".svg" => "image/svg+xml", "" => "application/octet-stream")
'''
        return {self.etc / 'lighttpd.conf': (text, 'root', 0o644)}

    def argv(self):
        return ['/usr/sbin/lighttpd', '-D', '-f', self.etc / 'lighttpd.conf']

    def start(self):
        if self.switches.running:
            super().start()
