"""Gives up every page that is kept for anonymous readers."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from ...generation import renew


class Command(BaseCommand):
    """For what this software cannot see, such as a database that was put back."""

    help = "Has every page made anew, after something changed behind Django's back."

    def handle(self, *args, **options):
        if not renew():
            raise CommandError(_("The page cache cannot be reached."))
        self.stdout.write(_("Every page is made anew from now on."))
