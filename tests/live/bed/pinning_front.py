#!/usr/bin/python3
"""A broken front on purpose: it judges the first Host of a connection and believes it ever after.

Real ones exist: load balancers that choose the backend once per connection. Everything else about
it is right, so that a scenario can show this one fault alone. A program, run by front.py.
"""
import argparse
import os
import pwd
import re
import selectors
import socket
import ssl
import threading

HEAD_LIMIT = 16384


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument('--listen', action='append', required=True, help='an address; port 443')
    parser.add_argument('--host', action='append', required=True, help='a name of the site')
    parser.add_argument('--certificate', required=True)
    parser.add_argument('--key', required=True)
    parser.add_argument('--inner-port', type=int, required=True, help='on 127.0.0.1, any Host')
    parser.add_argument('--user', required=True)
    return parser.parse_args()


def tls(args):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers('ECDHE+AESGCM:ECDHE+CHACHA20')
    context.set_alpn_protocols(['http/1.1'])
    context.load_cert_chain(args.certificate, args.key)

    def only_our_names(_connection, name, _context):
        return None if name in args.host else ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
    context.sni_callback = only_our_names
    return context


def first_request_is_ours(head, hosts):
    lines = head.split('\r\n')
    named = [line.partition(':') for line in lines[1:] if re.match(r'\s*host\s*:', line, re.I)]
    origin_form = re.match(r'[A-Z]+ /\S* HTTP/1\.[01]$', lines[0])
    return bool(origin_form and len(named) == 1 and named[0][0].lower() == 'host'
                and re.sub(r':443$', '', named[0][2].strip().lower()) in hosts)


def serve(raw, context, args):
    try:
        raw.settimeout(10)
        with context.wrap_socket(raw, server_side=True) as client:
            head = b''
            while b'\r\n\r\n' not in head:
                piece = client.recv(4096)
                if not piece or len(head) > HEAD_LIMIT:
                    return
                head += piece
            text = head.partition(b'\r\n\r\n')[0].decode('latin-1')
            if not first_request_is_ours(text, args.host):
                return
            with socket.create_connection(('127.0.0.1', args.inner_port), timeout=10) as inner:
                inner.sendall(head)
                relay(client, inner)
    except OSError:
        pass        # a client that hangs up or speaks no TLS is everyday
    finally:
        raw.close()


def relay(client, inner):
    """Both directions until both have ended, in one thread: two may not share a TLS connection."""
    with selectors.DefaultSelector() as selector:
        selector.register(client, selectors.EVENT_READ, inner)
        selector.register(inner, selectors.EVENT_READ, client)
        while selector.get_map():
            ready = [key for key, _ in selector.select(10)]
            if client.pending() and client in selector.get_map():
                ready = [selector.get_key(client)]
            if not ready:
                return
            for key in ready:
                source, sink = key.fileobj, key.data
                piece = source.recv(65536)
                if piece:
                    sink.sendall(piece)
                    continue
                selector.unregister(source)
                if source is inner:
                    client.unwrap()
                    return
                inner.shutdown(socket.SHUT_WR)


def accept(listener, context, args):
    while True:
        raw, _peer = listener.accept()
        threading.Thread(target=serve, args=(raw, context, args), daemon=True).start()


def main():
    args = arguments()
    context = tls(args)
    loops = []
    for address in args.listen:
        family = socket.AF_INET6 if ':' in address else socket.AF_INET
        listener = socket.create_server((address, 443), family=family, backlog=128)
        loops.append(threading.Thread(target=accept, args=(listener, context, args)))
    # The port and the key are in hand: from here on nothing needs root.
    user = pwd.getpwnam(args.user)
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    for loop in loops:
        loop.start()


if __name__ == '__main__':
    main()
