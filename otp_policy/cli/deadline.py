"""`otp-policy deadline`: when a case is due under a statutory clock, with the working."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from otp_policy.cli.output import answer_lines, policy_or_stop

__all__ = ["add", "run"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], *, policy: str) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "deadline",
        help="tell when a case is due, with the working, JSON Lines on standard input",
        description="Answer each line of standard input with one line: the due day, how the case "
        "stands, and the working day by day. A line that is no question, a blank one too, is "
        "answered with an error and makes the exit code 1.",
    )
    parser.add_argument("policy", metavar="POLICY", help=policy)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the questions, and return the exit code."""
    # Imported here, so that the other commands start without it.
    from otp_policy.clocks import deadline
    from otp_policy.due_questions import deadline_to_json, parse_deadline_question

    policy = policy_or_stop(arguments.policy)

    def answer(line: bytes) -> Mapping[str, Any]:
        return deadline_to_json(deadline(policy, parse_deadline_question(line)))

    return answer_lines(answer)
