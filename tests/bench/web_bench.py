#!/usr/bin/python3
"""Everything that is seen over HTTP and TLS, by postflight and by the tools people use for it, on one site in one run:
requests, connections, wall and processor time, what was found. Printed and never judged.

web_bench.py PROGRAM  (root; wants sslscan, testssl.sh, nmap)

The sample site stands on loopback behind a proxy that counts connections, which all of them go through.
"""
import json
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from delaying_proxy import DelayingProxy
from distance import HERE, Distance

TESTBED = pathlib.Path(__file__).parents[1] / 'live/testbed'
AREAS = ('runserver', 'debug', 'allowed-hosts', 'https', 'headers', 'exposure.files', 'exposure.admin', 'error-views')
SCRIPTS = ('http-enum,http-git,http-config-backup,http-backup-finder,http-headers,http-security-headers,http-methods,'
           'http-cookie-flags,http-title,http-server-header,ssl-cert,ssl-enum-ciphers')
DELAY = 0.05        # seconds each way, of the last measurement
NEAR = '127.77.1.1'


class Counting(DelayingProxy):
    connections = 0

    def _serving(self, target):
        serve = super()._serving(target)

        async def counted(reader, writer):
            self.connections += 1
            await serve(reader, writer)
        return counted


def routes(address):
    return {(address, port): ('127.77.0.1', port) for port in (80, 443)}


def measured(name, argv, proxy, log):
    requests, connections = len(log.read_text().splitlines()), proxy.connections
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run([str(word) for word in argv], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    time.sleep(0.2)     # nginx writes its log when it is done with a request
    print(f'{name:12s} {wall:7.2f} s wall {cpu:6.2f} s processor {proxy.connections - connections:5d} connections '
          f'{len(log.read_text().splitlines()) - requests:5d} requests logged', flush=True)
    return wall, done.stdout


def site_file(folder, site, address):
    text = re.sub(r'^(app|databases|caches|static|media|logs|backups):(?: \{.*\}\n|\n(?:  .*\n)+)', '',
                  pathlib.Path(site).read_text(), flags=re.M)
    path = pathlib.Path(folder) / f'{address}.yaml'
    path.write_text(text.replace('127.77.0.1', address))
    return path


def chain(program, site, distance):
    """The longest single question and the one that is put when all else is answered; and the round trips of the two,
    where each makes a connection of its own."""
    words = [word for area in AREAS for word in ('--only', area)]
    argv = distance.argv([program, 'collect', site, '--as', 'bastion', *words])
    out = subprocess.run(argv, capture_output=True, text=True).stdout
    took = [answer['took_us'] for answer in (json.loads(line).get('answer') for line in out.splitlines())
            if answer and answer['kind'] in ('http', 'tls')]
    return (max(took) + took[-1]) / 1e6, 2 * max(took) / 1e6


def from_afar(program, folder, site, log):
    distance = Distance(DELAY)
    try:
        far, distant = Counting(routes(HERE), 0), site_file(folder, site, HERE)
        words = [word for area in AREAS for word in ('--only', area)]
        wall, _ = measured('50 ms away', distance.argv([program, 'run', distant, '--format', 'json', *words]), far, log)
        longest, apart = chain(program, distant, distance)
        print(f'  the longest chain of dependent questions takes {longest:.2f} s: ratio {wall / longest:.2f}; '
              f'on two connections {apart:.2f} s: ratio {wall / apart:.2f} (aim: 1.3)')
    finally:
        distance.close()


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    program = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        site = subprocess.run([TESTBED, 'up', '--loopback', '--program', program], check=True, stdout=subprocess.PIPE,
                              text=True).stdout.strip()
        bed = pathlib.Path(site).parent
        log = bed / 'var/log/nginx-access.log'
        try:
            proxy = Counting(routes(NEAR), 0)
            words = [word for area in AREAS for word in ('--only', area)]
            near = site_file(folder, site, NEAR)
            wall, out = measured('postflight', [program, 'run', near, '--format', 'json', *words], proxy, log)
            report = json.loads(out)
            print(f'  {len(report["findings"])} findings of {len({f["check"] for f in report["findings"]})} checks, '
                  f'score {report["score"]}, coverage {report["coverage"]:.0%}')
            peers = {'sslscan': ['sslscan', '--no-colour', '--sni-name=shop.test', f'{NEAR}:443'],
                     'testssl.sh': ['testssl', '--color', '0', '--ip', NEAR, '--warnings', 'off', 'shop.test:443'],
                     'nmap': ['nmap', '-n', '-Pn', '-p', '80,443', '--script', SCRIPTS, '--script-args',
                              'http.host=shop.test,tls.servername=shop.test', NEAR]}
            for name, argv in peers.items():
                if not shutil.which(argv[0]):
                    print(f'{name}: not here')
                    continue
                peer, out = measured(name, argv, proxy, log)
                lines = [line for line in out.splitlines() if line.strip()]
                print(f'  {len(lines)} lines of output; {peer / wall:.1f} times postflight\'s time')
            from_afar(program, folder, site, log)
        finally:
            subprocess.run([TESTBED, 'down', bed], check=True)


if __name__ == '__main__':
    main()
