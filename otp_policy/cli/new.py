"""`otp-policy new`: a policy of one's own to start from."""

from __future__ import annotations

import argparse

from otp_policy.cli.output import FINE, WRONG_USAGE, say
from otp_policy.errors import PolicyError

__all__ = ["add", "run"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "new",
        help="write a commented policy to start from",
        description="Write policy.toml and what explains it into a folder that is new or empty.",
    )
    parser.add_argument("folder", metavar="DIR", help="a folder that is not there yet, or empty")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the folder, print its files, and return the exit code."""
    # Imported here: only this command pays for it.
    from otp_policy.starter import write_starter

    try:
        paths = write_starter(arguments.folder)
    except PolicyError as error:
        say(str(error))
        return WRONG_USAGE
    for path in paths:
        print(path)
    return FINE
