"""Publishes, takes down, or runs a command under break-glass."""

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from ...break_glass import break_glass
from ...publishing import governed_page
from ...refusals import PolicyRefusal


class Command(BaseCommand):
    """Do one thing outside the steps, by two persons and on record."""

    help = (
        "Breaks the glass: publishes the latest draft of pages, takes pages down, or runs a "
        "management command (after --), such as loaddata."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", required=True, help="why the steps cannot be waited for")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="who acts")
        parser.add_argument("--second", required=True, metavar="USERNAME", help="another person")
        parser.add_argument("--publish", type=int, nargs="+", default=[], metavar="ID")
        parser.add_argument("--take-down", type=int, nargs="+", default=[], metavar="ID")
        parser.add_argument("command", nargs="*", help="a management command and its arguments")

    def handle(self, *args, **options):
        by, second = _account(options["by"]), _account(options["second"])
        published = [_page(key) for key in options["publish"]]
        taken_down = [_page(key) for key in options["take_down"]]
        if not (published or taken_down or options["command"]):
            raise CommandError(_("Say what to publish, to take down, or to run."))
        try:
            with break_glass(reason=options["reason"], by=by, second=second) as opened:
                for page in published:
                    _publish(page, by)
                for page in taken_down:
                    page.unpublish(user=by)
                if options["command"]:
                    call_command(*options["command"], stdout=self.stdout, stderr=self.stderr)
        except PolicyRefusal as refusal:
            raise CommandError(str(refusal)) from refusal
        for key in opened.page_ids:
            self.stdout.write(
                _("Public, and to be ratified: %(page)s") % {"page": governed_page(key)}
            )


def _publish(page, by) -> None:
    revision = page.get_latest_revision() or page.save_revision(user=by)
    revision.publish(user=by, skip_permission_checks=True)


def _page(key: int):
    page = governed_page(key)
    if page is None:
        raise CommandError(_("There is no governed page %(page)d.") % {"page": key})
    return page


def _account(username: str):
    users = get_user_model()
    account = users.objects.filter(**{users.USERNAME_FIELD: username}, is_active=True).first()
    if account is None:
        raise CommandError(_("There is no active account “%(name)s”.") % {"name": username})
    return account
