"""
The command line `otp-policy`.

Exit 0 fine, 1 findings, 2 wrong usage. Answers go to standard output, messages to standard
error, both UTF-8 whatever the locale says.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TextIO

from otp_policy.cli import (
    check,
    deadline,
    decide,
    diff,
    freshness,
    new,
    render,
    replay,
    verify,
)
from otp_policy.cli.output import FINDINGS, WRONG_USAGE, CannotGoOnError, say
from otp_policy.loader import shipped_policies

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        _speak_utf8(stream)
    if sys.stdout is None:
        # Python has no stream object for what was closed before it started.
        say("standard output is closed")
        return WRONG_USAGE
    try:
        arguments = _parser().parse_args(argv)
        code = int(arguments.run(arguments))
        sys.stdout.flush()
    except SystemExit as stop:
        # argparse leaves this way, for --help too.
        return stop.code if isinstance(stop.code, int) else WRONG_USAGE
    except CannotGoOnError as stop:
        return stop.code
    except OSError as error:
        return _cut_short(error)
    except KeyboardInterrupt:
        return FINDINGS
    return code


def _cut_short(error: OSError) -> int:
    """Return the exit code after an answer that could not be written, or a line not be read."""
    if not isinstance(error, BrokenPipeError):
        # Whoever closed the pipe has heard enough; a full disk has to be told.
        say(f"cannot go on: {error.strerror or error}")
    # Nothing may be flushed at exit to where nothing can go.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FINDINGS


def _speak_utf8(stream: TextIO | None) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="backslashreplace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="otp-policy",
        description="Check a publication policy and ask it questions.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    policy_help = f"a path or a shipped name ({', '.join(shipped_policies())})"

    check.add(commands, policy=policy_help)
    decide.add(commands, policy=policy_help)
    freshness.add(commands, policy=policy_help)
    deadline.add(commands, policy=policy_help)
    verify.add(commands)
    diff.add(commands, policy=policy_help)
    render.add(commands, policy=policy_help)
    replay.add(commands, policy=policy_help)
    new.add(commands)
    return parser
