"""Takes a site that is live already under the measures, by an order."""

import datetime

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from ...adoption import AdoptionRefusedError, Order, adopt, refuse_if_impossible, waiting


class Command(BaseCommand):
    """Baseline what is live without a publication, on record and publicly marked."""

    help = "Takes the pages that are live already under the measures, by the order of that number."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--order", required=True, metavar="NO", help="number of the order")
        parser.add_argument("--date", metavar="DATE", help="its date, YYYY-MM-DD in the common era")
        parser.add_argument("--by", metavar="USERNAME", help="who carries it out")
        parser.add_argument(
            "--pages", type=int, nargs="+", default=[], metavar="ID", help="only these pages"
        )
        parser.add_argument(
            "--again", action="store_true", help="also though the site is under the measures"
        )
        parser.add_argument("--dry-run", action="store_true", help="list the pages and end")

    def handle(self, *args, **options):
        by, on = _account(options["by"]), _date(options["date"])
        order = Order(number=options["order"], on=on, by=by)
        try:
            if options["dry_run"]:
                refuse_if_impossible(order, options["pages"], again=options["again"])
                self._list(options["pages"])
                return
            count = adopt(
                order, pages=options["pages"], again=options["again"], said=self.stdout.write
            )
        except AdoptionRefusedError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("Pages taken over by order %(order)s: %(count)d")
            % {"order": order.number, "count": count}
        )

    def _list(self, keys: list[int]) -> None:
        pages = waiting().filter(pk__in=keys) if keys else waiting()
        for key, title in pages.values_list("pk", "title").iterator():
            self.stdout.write(f"{key} {title}")
        self.stdout.write(_("Pages that would be taken over: %(count)d") % {"count": pages.count()})


# A later year is surely one of the Buddhist era, 543 years ahead.
_LAST_YEAR = 2400


def _date(text: str | datetime.date | None) -> datetime.date | None:
    if text is None or isinstance(text, datetime.date):
        return text
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.year > _LAST_YEAR:
        raise CommandError(
            _("Write the date as YYYY-MM-DD in the common era, such as 2026-10-01 for 2569.")
        )
    return day


def _account(username: str | None):
    if username is None:
        return None
    users = get_user_model()
    account = users.objects.filter(**{users.USERNAME_FIELD: username}, is_active=True).first()
    if account is None:
        raise CommandError(_("There is no active account “%(name)s”.") % {"name": username})
    return account
