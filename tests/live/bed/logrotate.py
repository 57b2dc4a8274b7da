"""logrotate's configuration on the app host; nothing of the bed runs it."""
from .hosts import ETC_NETNS


class Logrotate:
    """Looks like a service to the bed: `reconfigure` without switches means healthy."""

    def __init__(self, bed, host):
        self.bed, self.host = bed, host

    def reconfigure(self, rotated=True):
        if self.bed.loopback:
            return
        text = (f'{self.bed.path("var/log/shop")}/*.log {{\n    weekly\n    rotate 8\n    missingok\n'
                '    su daemon daemon\n    create 0640 daemon daemon\n}\n') if rotated else '# Nothing.\n'
        (ETC_NETNS / self.host.namespace / 'logrotate.conf').write_text(text)
