"""`otp-policy decide`: answers to questions."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from otp_policy.cli.output import answer_lines, policy_or_stop
from otp_policy.questions import decision_to_json, parse_question

__all__ = ["add", "run"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], *, policy: str) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "decide",
        help="answer questions, JSON Lines on standard input",
        description="Answer each line of standard input with one line. A line that is no "
        "question, a blank one too, is answered with an error and makes the exit code 1.",
    )
    parser.add_argument("policy", metavar="POLICY", help=policy)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Answer the questions, and return the exit code."""
    policy = policy_or_stop(arguments.policy)

    def answer(line: bytes) -> Mapping[str, Any]:
        return decision_to_json(policy.decide(parse_question(line)))

    return answer_lines(answer)
