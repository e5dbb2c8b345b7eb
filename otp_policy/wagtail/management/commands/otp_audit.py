"""Digests what is live again and verifies the ledger."""

import sys

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from ...audit import audit


class Command(BaseCommand):
    """Report what is live without being what was approved; exit 1 on any finding."""

    help = "Compares what is live with what was approved, and verifies the ledger."

    def handle(self, *args, **options):
        found = 0
        for finding in audit():
            found += 1
            since = timezone.localtime(finding.since).isoformat() if finding.since else "-"
            self.stdout.write(f"{finding.code}: {finding.subject}: {finding.what}")
            self.stdout.write(
                _("    Right at least until: %(since)s. %(mend)s")
                % {"since": since, "mend": finding.mend}
            )
        self.stdout.write(_("Findings: %(count)d") % {"count": found})
        if found:
            sys.exit(1)
