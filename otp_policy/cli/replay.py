"""`otp-policy replay`: recorded decisions under another policy."""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from otp_policy.cli.output import FINDINGS, FINE, json_line, numbered_lines, policy_or_stop, say
from otp_policy.errors import QuestionError
from otp_policy.policy import Policy
from otp_policy.questions import error_to_json

__all__ = ["add", "run"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], *, policy: str) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "replay",
        help="list the recorded decisions that another policy would decide otherwise",
        description="Read questions, or questions with their answers, or entries of a ledger, one "
        "a line, and print those that come out otherwise. Exit 1 if there is any.",
    )
    parser.add_argument("old", metavar="OLD", help=policy)
    parser.add_argument("new", metavar="NEW", help=policy)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what comes out otherwise, and return the exit code."""
    old, new = policy_or_stop(arguments.old), policy_or_stop(arguments.new)
    counts: Counter[str] = Counter()
    for number, line in numbered_lines():
        said = _said(number, line, old, new, counts)
        if said:
            sys.stdout.buffer.write(said)
    total = counts.total()
    say(
        f"{total} line{'' if total == 1 else 's'}: "
        f"{counts['otherwise']} otherwise, {counts['same']} the same, "
        f"{counts['clause']} the same by another clause, {counts['none']} without a question, "
        f"{counts['error']} in error"
    )
    return FINDINGS if counts["otherwise"] or counts["error"] else FINE


def _said(number: int, line: bytes | None, old: Policy, new: Policy, counts: Counter[str]) -> bytes:
    """Return what to print of one line, and count it."""
    # Imported here: only this command pays for it.
    from otp_policy.replay import replay, to_json

    try:
        if line is None:
            raise QuestionError("line_too_long", where="")
        replayed = replay(line, old=old, new=new)
    except QuestionError as error:
        counts["error"] += 1
        given = error_to_json(error)
        given["error"]["where"] = error.where or f"line {number}"
        return json_line({"line": number, **given})
    if replayed.differs:
        counts["otherwise"] += 1
        return json_line(to_json(replayed, line=number))
    is_same = "clause" if replayed.cites_otherwise else "same"
    counts["none" if replayed.question is None else is_same] += 1
    return b""
