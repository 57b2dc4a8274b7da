"""Which Djangos the tests can have: Debian's own, and that of its backports suite, unpacked."""
import pathlib
import re
import subprocess
import sys

SOURCES = ['/etc/apt/sources.list', *pathlib.Path('/etc/apt/sources.list.d').glob('*')]


def mirrors():
    """(archive, release, keyring options) of the release's main suite, as configured here."""
    for path in map(pathlib.Path, SOURCES):
        text = path.read_text() if path.is_file() else ''
        for options, archive, suite in re.findall(
                r'^deb\s+(\[[^]]*\]\s+)?(\S+)\s+([a-z]+)\s+.*\bmain\b', text, re.M):
            yield archive, suite, options
        for stanza in re.split(r'\n\s*\n', text):
            uris = re.search(r'^URIs:\s*(\S+)', stanza, re.M)
            suites = re.search(r'^Suites:\s*([a-z]+)\b', stanza, re.M)
            signed = re.search(r'^Signed-By:\s*(\S+)', stanza, re.M)
            if uris and suites:
                yield uris[1], suites[1], f'[signed-by={signed[1]}] ' if signed else ''


def backport(folder):
    """A PYTHONPATH with the Django of backports in it, or None and why not."""
    folder = pathlib.Path(folder)
    found = folder / 'usr/lib/python3/dist-packages'
    if (found / 'django').is_dir():
        return found, ''
    reason = 'no suite of this release is configured'
    for archive, suite, options in mirrors():
        for name in ('lists/partial', 'archives/partial'):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / 'sources.list').write_text(f'deb {options}{archive} {suite}-backports main\n')
        apt = ['apt-get', '-q', '-o', f'Dir::Etc::sourcelist={folder}/sources.list',
               '-o', 'Dir::Etc::sourceparts=/dev/null', '-o', f'Dir::State::lists={folder}/lists',
               '-o', 'Acquire::Languages=none', '-o', 'APT::Sandbox::User=root']
        try:
            for words in ([*apt, 'update'], [*apt, 'download', f'python3-django/{suite}-backports']):
                done = subprocess.run(words, cwd=folder, capture_output=True, text=True,
                                      timeout=100)
                if done.returncode:
                    reason = (done.stderr.strip().splitlines() or ['apt failed'])[-1]
                    break
        except (OSError, subprocess.TimeoutExpired) as error:
            return None, str(error)
        for package in folder.glob('python3-django_*.deb'):
            subprocess.run(['dpkg-deb', '-x', package, folder], check=True)
        if (found / 'django').is_dir():
            return found, ''
    return None, reason


if __name__ == '__main__':
    print(*backport(sys.argv[1]))
