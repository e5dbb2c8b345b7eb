"""What every command shares: exit codes, messages, and JSON Lines in and out."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from otp_policy.errors import PolicyDataError, PolicyNotFoundError, QuestionError
from otp_policy.loader import load_policy
from otp_policy.policy import Policy
from otp_policy.questions import error_to_json
from otp_policy.streams import chunks_of_lines

__all__ = [
    "FINDINGS",
    "FINE",
    "WRONG_USAGE",
    "CannotGoOnError",
    "answer_lines",
    "defect_lines",
    "json_line",
    "numbered_lines",
    "policy_or_stop",
    "say",
    "tell",
]

FINE, FINDINGS, WRONG_USAGE = 0, 1, 2


class CannotGoOnError(Exception):
    """Ends a command with an exit code; what there was to say has been said."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def say(message: str) -> None:
    tell(f"otp-policy: {message}")


def tell(line: str) -> None:
    # `print` would take a closed standard error for standard output, where only answers go.
    with contextlib.suppress(AttributeError, OSError):
        sys.stderr.write(f"{line}\n")


def defect_lines(source: str, group: ExceptionGroup[Exception]) -> Iterator[str]:
    """Return one line for each defect: place, code, problem, and what to write instead."""
    for defect in group.exceptions:
        if not isinstance(defect, PolicyDataError):
            raise defect
        line = f":{defect.line}:{defect.column}" if defect.line else ""
        yield _on_one_line(f"{source}{line}: {defect} [{defect.code}]; {defect.instead}")


def _on_one_line(text: str) -> str:
    """Return the text with what would break or hide a part of its line written as an escape."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def policy_or_stop(source: str) -> Policy:
    """
    Return the policy that a command was given.

    Raises:
        CannotGoOnError: If there is none (wrong usage), or it has defects (told one by one).
    """
    try:
        return load_policy(source)
    except PolicyNotFoundError as error:
        say(str(error))
        raise CannotGoOnError(WRONG_USAGE) from error
    except ExceptionGroup as group:
        for line in defect_lines(source, group):
            tell(line)
        raise CannotGoOnError(FINDINGS) from group


def answer_lines(answer: Callable[[bytes], Mapping[str, Any]]) -> int:
    """
    Answer each line of standard input with one line of standard output, in constant memory.

    Args:
        answer: Takes a line and returns its answer; raises QuestionError if it is no question.

    Raises:
        CannotGoOnError: If standard input is closed.
    """
    answers = sys.stdout.buffer
    code = FINE
    for number, line in numbered_lines():
        try:
            if line is None:
                raise QuestionError("line_too_long", where="")
            given = answer(line)
        except QuestionError as error:
            # Without a path inside the question, the line itself is the place.
            given = error_to_json(error)
            given["error"]["where"] = error.where or f"line {number}"
            code = FINDINGS
        answers.write(json_line(given))
    return code


def numbered_lines() -> Iterator[tuple[int, bytes | None]]:
    """
    Return each line of standard input, counted from 1; None for one that is too long.

    Standard output is flushed after each chunk of lines.

    Raises:
        CannotGoOnError: If standard input is closed.
    """
    if sys.stdin is None:
        say("standard input is closed")
        raise CannotGoOnError(WRONG_USAGE)
    number = 0
    for lines in chunks_of_lines(sys.stdin.buffer):
        for line in lines:
            number += 1
            yield number, line
        sys.stdout.buffer.flush()


def json_line(value: Mapping[str, Any]) -> bytes:
    """Return a JSON value as one line of UTF-8."""
    text = json.dumps(value, ensure_ascii=False)
    # Half of a surrogate pair can only come from a key we quote; its escape is valid JSON again.
    return text.encode("utf-8", "backslashreplace") + b"\n"
