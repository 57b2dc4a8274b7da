"""The uploads were last copied three days before the database was, and may be a week old."""
RED = ['backups.of-this-site']


def break_it(bed):
    for path, hours in zip(bed.archives(), (120, 96, 72)):
        bed.journal.age(path, hours)
    bed.drop_set('elsewhere')
    repository = bed.offsite.root / 'weekly.borg'
    bed.offsite.borg(repository, {'media-1': 72})
    bed.add_set(bed.offsite.block('elsewhere', 'media', f'borg: {{repo: {repository}}}', ', max_age: 7d'))
    bed.edit_site('media-*.tar.gz\n    max_age: 26h', 'media-*.tar.gz\n    max_age: 7d')
