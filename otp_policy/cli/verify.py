"""`otp-policy verify`: checks an exported ledger, or gives the file that does so anywhere."""

from __future__ import annotations

import argparse
import inspect

from otp_policy import ledger
from otp_policy.cli import audit
from otp_policy.cli.output import FINE, WRONG_USAGE, say

__all__ = ["add", "run", "script"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser("verify", help="check an exported ledger, JSON Lines")
    audit.add_arguments(parser)
    parser.add_argument(
        "--script",
        action="store_true",
        help="print one file that checks a ledger wherever Python 3.9 or newer is, and end",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the defects or the file, and return the exit code."""
    if arguments.script:
        print(script(), end="")
        return FINE
    if arguments.ledger is None:
        say("verify: name a ledger, or ask for --script")
        return WRONG_USAGE
    try:
        return audit.audit(arguments.ledger, head=arguments.head)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        say(f"cannot read `{arguments.ledger}`: {reason}")
        return WRONG_USAGE


def script() -> str:
    """
    Return the text of one file that checks a ledger where nothing but Python is installed.

    It is the ledger's own source with the command after it, so that the auditor runs what we run.
    """
    command = inspect.getsource(audit).splitlines(keepends=True)
    own = [line for line in command if not line.startswith(("from __future__", "from otp_policy"))]
    return f"{inspect.getsource(ledger)}\n\n{''.join(own)}"
