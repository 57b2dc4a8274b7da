"""The testbed command."""
import argparse
import os
import sys

from .bed import Bed, BedError, scenario, scenario_names
from .check import check


def main():
    args = arguments()
    try:
        return args.command(args) or 0
    except BedError as error:
        print(f'testbed: {error}', file=sys.stderr)
        return 2


def arguments():
    parser = argparse.ArgumentParser(prog='testbed', description='a live Django site to audit')
    commands = parser.add_subparsers(required=True, metavar='COMMAND')

    def command(name, function, *words, line):
        sub = commands.add_parser(name, help=line, description=line)
        sub.set_defaults(command=function)
        for word in words:
            sub.add_argument(word)
        return sub

    sub = command('up', up, line='bring the healthy site up; prints the path of its site file')
    sub.add_argument('directory', metavar='DIR', nargs='?',
                     help='default: below /run/postflight-bed')
    sub.add_argument('--loopback', action='store_true', help='no namespaces: addresses of 127/8')
    sub.add_argument('--program', default='postflight', help='the postflight that vantages run')
    command('break', break_, 'directory', 'scenario', line='apply a scenario')
    command('mend', mend, 'directory', line='restore health')
    command('scenarios', scenarios, line='list the scenarios')
    command('check', check_basics, 'directory', line='ask the healthy site for its basics')
    sub = command('exec', exec_, 'directory', 'host', line='run a command on a host of the bed')
    sub.add_argument('argv', nargs=argparse.REMAINDER, metavar='-- ARGV...')
    sub = command('down', down, 'directory', line='end everything the bed started')
    sub.add_argument('--keep', action='store_true', help='leave the files')
    return parser.parse_args()


def up(args):
    if os.geteuid() != 0:
        raise BedError('needs root: namespaces, low ports, other users')
    bed = Bed.create(args.directory, args.loopback, args.program)
    try:
        bed.up(lambda line: print(line, file=sys.stderr))
    except BaseException:
        bed.down(keep=True)
        print(f'testbed: not up; its files are kept in {bed.directory}', file=sys.stderr)
        raise
    print(bed.site_file)


def break_(args):
    Bed(args.directory).break_(args.scenario)


def mend(args):
    Bed(args.directory).mend()


def scenarios(_args):
    for name in scenario_names():
        print(f'{name:30} {scenario(name).__doc__.splitlines()[0]}')


def check_basics(args):
    return check(Bed(args.directory))


def exec_(args):
    bed = Bed(args.directory)
    if args.host not in bed.hosts:
        raise BedError(f'no host {args.host}; there are {", ".join(bed.hosts)}')
    argv = args.argv[1:] if args.argv[:1] == ['--'] else args.argv
    if not argv:
        raise BedError('exec: which command?')
    words = bed.hosts[args.host].argv(argv)
    os.execvpe(words[0], words, {**os.environ, **bed.places(args.host)})


def down(args):
    try:
        bed = Bed(args.directory)
    except BedError:
        print(f'testbed: no bed in {args.directory}: nothing to end', file=sys.stderr)
        return
    bed.down(args.keep)
