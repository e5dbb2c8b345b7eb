"""Reckons the due days, or compares what is stored with the policy's rule."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from ...reckoning import catch_up, differences, rebuild


class Command(BaseCommand):
    """Catch up, reckon all anew, or say what differs; exit 1 on any difference."""

    help = "Brings the due days up to date; --rebuild reckons all anew, --check compares."

    def add_arguments(self, parser: CommandParser) -> None:
        group = parser.add_mutually_exclusive_group()
        group.add_argument("--rebuild", action="store_true", help="reckon every item anew")
        group.add_argument("--check", action="store_true", help="compare only; change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self._check()
            return
        written = rebuild() if options["rebuild"] else catch_up()
        self.stdout.write(_("Rows written: %(count)d") % {"count": written})

    def _check(self) -> None:
        found = 0
        for page_id, stored, right in differences():
            found += 1
            what = {
                "page": page_id,
                "stored": (stored and stored.due_on) or "-",
                "right": (right and right.due_on) or "-",
            }
            self.stdout.write(_("%(page)s: stored %(stored)s, by the rule %(right)s") % what)
        self.stdout.write(_("Differences: %(count)d") % {"count": found})
        if found:
            sys.exit(1)
