"""`otp-policy render`: a policy as the document that it came from."""

from __future__ import annotations

import argparse
import sys
from datetime import date

from otp_policy.cli.output import FINE, WRONG_USAGE, policy_or_stop, say
from otp_policy.errors import PolicyError

__all__ = ["add", "run"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], *, policy: str) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "render",
        help="print the policy as the tables of its announcement",
        description="Print the document from the data of the policy, and after it, marked as "
        "such, how it is read and applied.",
    )
    parser.add_argument("policy", metavar="POLICY", help=policy)
    parser.add_argument("--lang", choices=("th", "en"), default="th", help="default: th")
    parser.add_argument("--format", choices=("md", "html"), default="md", help="default: md")
    parser.add_argument(
        "--on",
        metavar="DATE",
        type=_day,
        help="the day whose entries are shown, as 2026-11-24; default: the newest state",
    )
    parser.set_defaults(run=run)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
        # Python reads other forms of ISO 8601 too, and which ones varies by version.
        if day.isoformat() == text:
            return day
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"`{text}` is not a date as 2026-11-24")


def run(arguments: argparse.Namespace) -> int:
    """Print the document, and return the exit code."""
    # Imported here: only this command pays for it.
    from otp_policy.render import render

    policy = policy_or_stop(arguments.policy)
    try:
        text = render(policy, lang=arguments.lang, form=arguments.format, on=arguments.on)
    except PolicyError as error:
        say(str(error))
        return WRONG_USAGE
    sys.stdout.write(text)
    return FINE
