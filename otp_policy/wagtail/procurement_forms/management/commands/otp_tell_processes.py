"""Tells all processes as open data anew, where something of them has not been told."""

from typing import Any

from django.core.management.base import BaseCommand

from otp_policy.wagtail.procurement_forms.ocds_telling import tell_all


class Command(BaseCommand):
    """Make the releases that are missing: under a new prefix all of them."""

    help = "Makes the OCDS releases that are missing, as after a change of the prefix."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{tell_all()} releases")
