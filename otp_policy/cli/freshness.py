"""`otp-policy freshness`: when published information is due again."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from otp_policy.cli.output import answer_lines, policy_or_stop

__all__ = ["add", "run"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], *, policy: str) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "freshness",
        help="tell when information is due again, JSON Lines on standard input",
        description="Answer each line of standard input with one line: the due day, how the "
        "information stands, the clause and the rule. A line that is no question, a blank one "
        "too, is answered with an error and makes the exit code 1.",
    )
    parser.add_argument("policy", metavar="POLICY", help=policy)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the questions, and return the exit code."""
    # Imported here, so that the other commands start without it.
    from otp_policy.due_questions import freshness_to_json, parse_freshness_question
    from otp_policy.freshness import freshness

    policy = policy_or_stop(arguments.policy)

    def answer(line: bytes) -> Mapping[str, Any]:
        return freshness_to_json(freshness(policy, parse_freshness_question(line)))

    return answer_lines(answer)
