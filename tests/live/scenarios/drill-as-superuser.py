"""restore_into is a superuser's: a role of few rights is made for the drill, and goes with it. No fault."""
from bed.drills import throwaways

RED = []


def break_it(bed):
    bed.postgres.reconfigure(more_hba=['local all all scram-sha-256'])
    bed.edit_site('postgresql://backup@/postgres?host=', 'postgresql:///?host=')
    bed.forget_drills()
    if throwaways(bed):
        raise RuntimeError('something is left of an earlier drill')
