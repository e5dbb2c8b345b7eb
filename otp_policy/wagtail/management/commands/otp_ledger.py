"""Exports the ledger, and the file that checks it wherever Python is."""

import os
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from otp_policy.cli.verify import script

from ...ledger_export import Head, head, lines


class Command(BaseCommand):
    """Write the ledger as `otp-policy verify` reads it, with its head beside it."""

    help = "Exports the ledger as JSON Lines; FILE.head keeps the hash of its last row."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="what", required=True)
        export = commands.add_parser("export", help="write the ledger")
        export.add_argument("file", nargs="?", metavar="FILE", help="default: standard output")
        export.add_argument(
            "--since",
            type=int,
            default=1,
            metavar="SEQ",
            help="only rows from this number on; joined to the earlier export they verify",
        )
        export.add_argument(
            "--script", action="store_true", help="also write FILE.verify.py, which checks it"
        )

    def handle(self, *args, **options):
        if options["since"] < 1:
            raise CommandError(_("The rows are numbered from 1."))
        # First of all, so that rows written meanwhile belong to the next export.
        last = head()
        if options["file"] is None:
            if options["script"]:
                raise CommandError(_("Name a file: the script is written beside it."))
            for line in lines(until=last, since=options["since"]):
                self.stdout.write(line.decode(), ending="")
        else:
            _write(Path(options["file"]), last, options["since"], options["script"])
        self.stderr.write(
            _("Head: row %(seq)d, %(hash)s. Keep it where nobody can change it.")
            % {"seq": last.seq, "hash": last.hash}
        )


def _write(path: Path, last: Head, since: int, with_script: bool) -> None:
    """Write all of it beside the file first: what stands under its name is whole."""
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with unfinished.open("wb") as file:
            file.writelines(lines(until=last, since=since))
        os.replace(unfinished, path)
        path.with_name(f"{path.name}.head").write_text(f"{last.hash} {last.seq}\n", "ascii")
        if with_script:
            path.with_name(f"{path.name}.verify.py").write_text(script(), "utf-8")
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise CommandError(f"{error.filename}: {error.strerror}") from error
