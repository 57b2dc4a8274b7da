"""A drill is killed in the middle: whatever comes next, clean or a run, drops its database. No fault."""
from bed.drills import hanging_drill, throwaways

RED = []


def break_it(bed):
    host = bed.hosts['app' if bed.loopback else 'db']
    worker = hanging_drill(bed)
    if not throwaways(bed):
        raise RuntimeError('there is no throw-away database to begin with')
    held = host.run([bed.program, 'clean'], check=False).stdout
    if not throwaways(bed) or '1 of runs that are under way' not in held:
        raise RuntimeError(f'a drill that is under way was not left alone: {held}')
    kill(worker)
    cleaned = host.run([bed.program, 'clean'], check=False).stdout
    if throwaways(bed) or 'removed database postflight_drill_' not in cleaned:
        raise RuntimeError(f'clean left {throwaways(bed)}: {cleaned}')
    kill(hanging_drill(bed))
    if not throwaways(bed):
        raise RuntimeError('the second drill left nothing')
    host.run([bed.program, 'collect', bed.site_file, '--as', 'bastion' if bed.loopback else 'db1',
              '--only', 'backups.exist'], check=False)
    if throwaways(bed):
        raise RuntimeError(f'the next run left {throwaways(bed)}')


def kill(worker):
    worker.kill()
    worker.communicate()
