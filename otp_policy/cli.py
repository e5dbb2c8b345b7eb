"""
The command line `otp-policy`.

Exit 0 fine, 1 findings, 2 wrong usage. Answers go to standard output, messages to standard
error, both UTF-8 whatever the locale says.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, TextIO

from otp_policy.errors import PolicyDataError, PolicyNotFoundError, QuestionError
from otp_policy.ledger import verify
from otp_policy.loader import load_policy, shipped_policies
from otp_policy.policy import Policy
from otp_policy.questions import decision_to_json, error_to_json, parse_question
from otp_policy.streams import chunks_of_lines

__all__ = ["main"]

FINE, FINDINGS, WRONG_USAGE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        _speak_utf8(stream)
    try:
        arguments = _parser().parse_args(argv)
        code = int(arguments.run(arguments))
        sys.stdout.flush()
    except SystemExit as stop:
        # argparse leaves this way, for --help too.
        return stop.code if isinstance(stop.code, int) else WRONG_USAGE
    except BrokenPipeError:
        # Whoever reads us has heard enough. Nothing may be flushed to them at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINDINGS
    except KeyboardInterrupt:
        return FINDINGS
    return code


def _speak_utf8(stream: TextIO) -> None:
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

    check = commands.add_parser("check", help="print every defect of a policy")
    check.add_argument("policy", metavar="POLICY", help=policy_help)
    check.set_defaults(run=_check)

    decide = commands.add_parser(
        "decide",
        help="answer questions, JSON Lines on standard input",
        description="Answer each line of standard input with one line. A line that is no "
        "question, a blank one too, is answered with an error and makes the exit code 1.",
    )
    decide.add_argument("policy", metavar="POLICY", help=policy_help)
    decide.set_defaults(run=_decide)

    ledger = commands.add_parser("verify", help="check an exported ledger, JSON Lines")
    ledger.add_argument("ledger", metavar="LEDGER", help="a path")
    ledger.add_argument("--head", metavar="HASH", help="the hash that the last entry must have")
    ledger.set_defaults(run=_verify)
    return parser


def _say(message: str) -> None:
    print(f"otp-policy: {message}", file=sys.stderr)


def _check(arguments: argparse.Namespace) -> int:
    try:
        policy = load_policy(arguments.policy)
    except PolicyNotFoundError as error:
        _say(str(error))
        return WRONG_USAGE
    except ExceptionGroup as group:
        for line in _defect_lines(arguments.policy, group):
            print(line)
        _say(group.message)
        return FINDINGS
    _say(f"{policy.label}: no defect")
    return FINE


def _defect_lines(source: str, group: ExceptionGroup[Exception]) -> Iterator[str]:
    """Return one line for each defect: place, code, problem, and what to write instead."""
    for defect in group.exceptions:
        if not isinstance(defect, PolicyDataError):
            raise defect
        line = f":{defect.line}" if defect.line else ""
        yield f"{source}{line}: {defect} [{defect.code}]; {defect.instead}"


def _decide(arguments: argparse.Namespace) -> int:
    try:
        policy = load_policy(arguments.policy)
    except PolicyNotFoundError as error:
        _say(str(error))
        return WRONG_USAGE
    except ExceptionGroup as group:
        for line in _defect_lines(arguments.policy, group):
            print(line, file=sys.stderr)
        return FINDINGS
    return _answer(policy, sys.stdin.buffer, sys.stdout.buffer)


def _answer(policy: Policy, questions: BinaryIO, answers: BinaryIO) -> int:
    number, code = 0, FINE
    for lines in chunks_of_lines(questions):
        for line in lines:
            number += 1
            try:
                if line is None:
                    raise QuestionError("line_too_long", where="")
                answer = decision_to_json(policy.decide(parse_question(line)))
            except QuestionError as error:
                # Without a path inside the question, the line itself is the place.
                answer = error_to_json(error)
                answer["error"]["where"] = error.where or f"line {number}"
                code = FINDINGS
            answers.write(_json_line(answer))
        answers.flush()
    return code


def _json_line(value: Mapping[str, Any]) -> bytes:
    text = json.dumps(value, ensure_ascii=False)
    # Half of a surrogate pair can only come from a key we quote; its escape is valid JSON again.
    return text.encode("utf-8", "backslashreplace") + b"\n"


def _verify(arguments: argparse.Namespace) -> int:
    try:
        with open(arguments.ledger, "rb") as file:
            defects = verify(_entries(file), head=arguments.head)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        _say(f"cannot read `{arguments.ledger}`: {reason}")
        return WRONG_USAGE
    for defect in defects:
        seq = "" if defect.seq is None else f" (seq {defect.seq})"
        print(f"{arguments.ledger}:{defect.row}: {defect.code}{seq}")
    count = f"{len(defects)} defect{'' if len(defects) == 1 else 's'}"
    _say(f"{arguments.ledger}: {count if defects else 'no defect'}")
    return FINDINGS if defects else FINE


def _entries(file: BinaryIO) -> Iterator[Mapping[str, object]]:
    for lines in chunks_of_lines(file):
        for line in lines:
            try:
                value = json.loads(line or b"", object_pairs_hook=_once)
            except (ValueError, RecursionError):
                value = None
            # What is no entry is a finding of the ledger, so it is passed on as one.
            yield value if isinstance(value, dict) else {}


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    # Of two bodies in one entry, a reader could be shown the one that was not hashed.
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("duplicate key")
    return dict(pairs)
