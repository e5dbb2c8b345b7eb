"""The demo office."""

from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from otp_policy.wagtail.evidence_packs.keeping import clone_shipped
from otp_policy.wagtail.evidence_packs.models import InstrumentYear
from otp_policy.wagtail.setup import set_up
from otp_site.demo.examples import publish_examples
from otp_site.demo.office import make_accounts, make_divisions, make_site
from otp_site.demo.report import submit_report
from otp_site.demo.story import tell


class Command(BaseCommand):
    """Make the demo office in an empty, migrated database, and run its story."""

    help = "Makes the demo office and takes the announcement through its own measures."

    def add_arguments(self, parser):
        parser.add_argument(
            "--without-examples", action="store_true", help="Leave out one example of each type."
        )

    def handle(self, *args, **options):
        set_up()
        make_divisions()
        accounts = make_accounts(Path(settings.VAR_DIR) / "accounts.json")
        make_site(urlsplit(settings.WAGTAILADMIN_BASE_URL).port or 80)
        with translation.override("th"):
            try:
                tell(self.stdout.write)
                submit_report(self.stdout.write)
                examples = [] if options["without_examples"] else publish_examples()
            except RuntimeError as error:
                raise CommandError(str(error)) from error
        self._take_over_the_assessment()
        if examples:
            self.stdout.write(f"examples: {len(examples)} marked pages, one of each type")
        self.stdout.write("")
        for account in accounts:
            self.stdout.write(f"  {account.username:<20} {account.password}")

    def _take_over_the_assessment(self) -> None:
        """Take the form of 2569 over, once; nobody has checked it."""
        if not InstrumentYear.objects.exists():
            year = clone_shipped(None, "oit_2569", fiscal_year=2569)
            self.stdout.write(f"assessment: {year.rows.count()} items, none of them checked")
