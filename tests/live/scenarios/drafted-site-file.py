"""Nothing is wrong: the site is audited from its own host by a site file as `init` writes it."""
RED = []
UNKNOWN = ['*']         # what no other vantage looks at, and what the draft cannot know
LEAST_COVERAGE = 0.9


def draft(bed):
    return bed.path('draft.yaml')


def break_it(bed):
    bed.journal.create(draft(bed), '', 'root', 0o600)
    draft(bed).unlink()
    bed.hosts['app'].run([bed.program, 'init', '--project', bed.django.project, '-o', draft(bed)])


def audited(bed):
    return 'app', draft(bed)
