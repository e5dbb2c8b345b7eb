"""`otp-policy verify`: checks a ledger or an evidence pack, or gives the file that does so."""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Iterator

from otp_policy import ledger, pack_proof, packs
from otp_policy.cli import audit
from otp_policy.cli.output import FINE, WRONG_USAGE, say

__all__ = ["add", "run", "script"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser("verify", help="check an exported ledger, or an evidence pack")
    audit.add_arguments(parser)
    parser.add_argument(
        "--script",
        action="store_true",
        help="print one file that checks both wherever Python 3.9 or newer is, and end",
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
        return audit.check(arguments)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        say(f"cannot read `{arguments.ledger}`: {reason}")
        return WRONG_USAGE


def script() -> str:
    """
    Return the text of one file that checks ledgers and packs where nothing but Python is installed.

    It is the sources themselves, one after another, so that the auditor runs what we run.
    """
    return "\n\n".join(
        "".join(_without_own_imports(inspect.getsource(module), is_first=module is ledger))
        for module in (ledger, packs, pack_proof, audit)
    )


def _without_own_imports(source: str, *, is_first: bool) -> Iterator[str]:
    """Yield the lines of *source*; what they import of this package stands above them already."""
    for line in source.splitlines(keepends=True):
        is_future = line.startswith("from __future__") and not is_first
        if not line.startswith("from otp_policy") and not is_future:
            yield line
