"""A small S3: ListObjectsV2 of directories, for requests that are signed (AWS Signature Version 4).

The signature is worked out from the request as it came, by the rules of
https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, and compared.
"""
import calendar
import datetime
import hashlib
import hmac
import http.server
import json
import pathlib
import re
import socket
import ssl
import sys
import threading
import time
import urllib.parse
from xml.sax.saxutils import escape

SKEW = 15 * 60
EMPTY = hashlib.sha256(b'').hexdigest()
HEADER = re.compile(r'AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?'
                    r'SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})')


class Refused(Exception):
    def __init__(self, status, code, message):
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


def check_signature(config, method, target, headers):
    """Raises Refused unless this very request was signed with a key that is known."""
    match = HEADER.fullmatch(headers.get('authorization', ''))
    if not match:
        raise Refused(403, 'AccessDenied', 'Access Denied')
    access_key, day, region, service, signed, signature = match.groups()
    if access_key not in config['keys']:
        raise Refused(403, 'InvalidAccessKeyId',
                      'The AWS Access Key Id you provided does not exist in our records.')
    if (region, service) != (config['region'], 's3'):
        raise Refused(400, 'AuthorizationHeaderMalformed', f'the region {region} is wrong')
    if headers.get('x-amz-content-sha256') != EMPTY:
        raise Refused(400, 'InvalidRequest', 'Missing required header: x-amz-content-sha256')
    names = signed.split(';')
    must = {'host'} | {name for name in headers if name.startswith('x-amz-')}
    if names != sorted(names) or not must <= set(names):
        raise Refused(403, 'AccessDenied', 'There were headers present which were not signed')
    stamp = headers.get('x-amz-date', '')
    moment = calendar.timegm(time.strptime(stamp, '%Y%m%dT%H%M%SZ'))
    if stamp[:8] != day or abs(moment - time.time()) > SKEW:
        raise Refused(403, 'RequestTimeTooSkewed', 'The difference between the times is too large')
    path, _, query = target.partition('?')
    pairs = sorted(tuple(part.partition('=')[::2]) for part in query.split('&') if part)
    quoted = '&'.join(f'{encode(key)}={encode(value)}' for key, value in pairs)
    lines = ''.join(f'{name}:{" ".join(headers[name].split())}\n' for name in names)
    canonical = '\n'.join([method, path, quoted, lines, signed, EMPTY])
    scope = f'{day}/{region}/{service}/aws4_request'
    text = '\n'.join(['AWS4-HMAC-SHA256', stamp, scope,
                      hashlib.sha256(canonical.encode()).hexdigest()])
    key = ('AWS4' + config['keys'][access_key]).encode()
    for part in (day, region, service, 'aws4_request'):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(hmac.new(key, text.encode(), hashlib.sha256).hexdigest(), signature):
        raise Refused(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not '
                      'match the signature you provided.')


def encode(text):
    """As the signature has it, whichever way it came."""
    return urllib.parse.quote(urllib.parse.unquote(text), safe='-_.~')


def listing(config, target):
    path, _, query = target.partition('?')
    asked = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
    bucket = urllib.parse.unquote(path).strip('/')
    root = pathlib.Path(config['root'], bucket)
    if asked.get('list-type') != '2' or '/' in bucket or not bucket:
        raise Refused(501, 'NotImplemented', 'only ListObjectsV2')
    if not root.is_dir():
        raise Refused(404, 'NoSuchBucket', 'The specified bucket does not exist')
    keys = sorted(str(file.relative_to(root)) for file in root.rglob('*') if file.is_file())
    keys = [key for key in keys if key.startswith(asked.get('prefix', ''))
            and key > asked.get('continuation-token', '')]
    most = min(int(asked.get('max-keys', 1000)), config['page'])
    more = len(keys) > most
    keys = keys[:most]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>\n'
             '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
             f'<Name>{escape(bucket)}</Name><KeyCount>{len(keys)}</KeyCount>'
             f'<IsTruncated>{"true" if more else "false"}</IsTruncated>']
    if more:
        lines.append(f'<NextContinuationToken>{escape(keys[-1])}</NextContinuationToken>')
    for key in keys:
        seen = (root / key).stat()
        when = datetime.datetime.fromtimestamp(seen.st_mtime, datetime.timezone.utc)
        shown = urllib.parse.quote(key) if asked.get('encoding-type') == 'url' else escape(key)
        lines.append(f'<Contents><Key>{shown}</Key>'
                     f'<LastModified>{when:%Y-%m-%dT%H:%M:%S}.000Z</LastModified>'
                     f'<ETag>&quot;{hashlib.md5(key.encode()).hexdigest()}&quot;</ETag>'
                     f'<Size>{seen.st_size}</Size><StorageClass>STANDARD</StorageClass></Contents>')
    return ''.join(lines) + '</ListBucketResult>'


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    server_version, sys_version = 'S3', ''

    def do_GET(self):
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            check_signature(self.server.config, 'GET', self.path, headers)
            status, text = 200, listing(self.server.config, self.path)
        except (Refused, ValueError) as error:
            status = getattr(error, 'status', 400)
            text = ('<?xml version="1.0" encoding="UTF-8"?>\n<Error>'
                    f'<Code>{getattr(error, "code", "InvalidRequest")}</Code>'
                    f'<Message>{escape(getattr(error, "message", "no date"))}</Message></Error>')
        body = text.encode()
        self.send_response(status)
        self.send_header('Content-Type', 'application/xml')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    def __init__(self, config, address):
        self.config = config
        self.address_family = socket.AF_INET6 if ':' in address else socket.AF_INET
        super().__init__((address, config['port']), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(config['certificate'], config['key'])
        self.socket = context.wrap_socket(self.socket, server_side=True,
                                          do_handshake_on_connect=False)


def main():
    config = json.loads(pathlib.Path(sys.argv[1]).read_text())
    servers = [Server(config, address) for address in config['addresses']]
    threads = [threading.Thread(target=server.serve_forever) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == '__main__':
    main()
