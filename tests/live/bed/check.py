"""A look at the healthy site with everyday tools, before anything finer is asked of it."""


def check(bed):
    """Prints a line for each question; the number of wrong answers is returned."""
    wrong = 0
    for label, host, argv, wanted in questions(bed):
        done = bed.hosts[host].run(argv, check=False, timeout=20)
        said = done.stdout.strip() or f'status {done.returncode}'
        wrong += said != wanted
        print(f'{"ok    " if said == wanted else "WRONG "} {label}: {said}')
    return min(wrong, 125)


def questions(bed):
    client = 'app' if bed.loopback else 'outside'
    app, db = bed.hosts['app'], bed.hosts['db']
    for address in app.addresses:
        at = f'[{address}]' if ':' in address else address

        def curl(url, *more, where='shop.test', at=at):
            pins = [word for port in (80, 443) for word in ('--resolve', f'{where}:{port}:{at}')]
            return ['curl', '-s', '-o', '/dev/null', '-m', '5', '-w',
                    '%{http_code} %{redirect_url}', '--cacert', bed.certificates.authority,
                    *pins, *more, url]
        for path in ('/', '/products/', '/admin/login/', '/accounts/login/',
                     '/media/uploads/lamp.jpg'):
            yield f'{address} {path}', client, curl(f'https://shop.test{path}'), '200'
        yield (f'{address} HTTP', client, curl('http://shop.test/admin/?x'),
               '301 https://shop.test/admin/?x')
        for host in ('evil.invalid', at, 'evilshop.test', 'x.shop.test', 'shop.test:evil'):
            yield (f'{address} Host {host}', client,
                   curl('https://shop.test/', '--http1.1', '-H', f'Host: {host}'), '000')
        yield (f'{address} HTTP Host evil.invalid', client,
               curl('http://shop.test/', '-H', 'Host: evil.invalid'), '000')
        yield (f'{address} unknown SNI', client,
               curl('https://evil.invalid/', '-k', where='evil.invalid'), '000')
    if bed.loopback:
        return
    for alias in ('app1', 'db1', 'outside'):
        yield (f'ssh {alias}', 'bastion',
               ['ssh', '-F', bed.path('ssh_config'), alias, 'echo in'], 'in')
    for host, wanted in (('app', 'in'), ('bastion', 'shut'), ('outside', 'shut'), ('db', 'shut')):
        for address in db.addresses:
            for port in (3306, 5432, 6379, 11211):
                yield (f'{host} to {address} port {port}', host,
                       ['sh', '-c', f'nc -z -w 1 {address} {port} && echo in || echo shut'],
                       wanted)
