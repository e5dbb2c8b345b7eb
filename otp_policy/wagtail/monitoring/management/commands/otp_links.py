"""Checks the links of public items, where no dispatcher runs for good."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from ...link_checks import begin_what_is_due, check_links
from ...models import ItemLink, LinkTarget


class Command(BaseCommand):
    """Do the check that is due or was asked for; exit 1 if links do not open."""

    help = "Checks the links of public items, if a check is due or was asked for."

    def handle(self, *args: Any, **options: Any) -> None:
        begin_what_is_due()
        followed = check_links()
        broken = ItemLink.objects.filter(target__state=LinkTarget.State.BROKEN)
        self.stdout.write(_("Links followed: %(count)d") % {"count": followed})
        for page_id, url in broken.order_by("page_id", "pk").values_list("page_id", "target__url"):
            self.stdout.write(f"{page_id} {url}")
        if broken.exists():
            sys.exit(1)
