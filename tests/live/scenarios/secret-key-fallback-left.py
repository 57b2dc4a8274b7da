"""A key that was replaced long ago still signs; an audit of back then knows it."""
import time

RED = ['secret-key.fallbacks-retired']


def break_it(bed):
    bed.path('var/old.db').unlink(missing_ok=True)
    bed.django.reconfigure(code="SECRET_KEY_FALLBACKS = [SECRET_KEY[::-1]]")
    bed.edit_site('site: shop\n', f'site: shop\nhistory: {bed.path("var/old.db")}\n')
    bed.edit_site('  user: daemon\n', '  user: daemon\n  fallback_max_age: 1s\n')
    bed.hosts['bastion'].run([bed.program, 'run', bed.site_file, '--only', 'secret-key', '-q'],
                             check=False)
    time.sleep(2)       # seconds are what times are told in
