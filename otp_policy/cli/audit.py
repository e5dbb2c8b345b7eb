"""
What checks an exported ledger, as a command of its own.

With `ledger.py` before it this is the file that an auditor is handed, so it needs the standard
library alone, on Python 3.9 or newer.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from otp_policy.ledger import verify

__all__ = ["add_arguments", "audit", "main"]

LONGEST_LINE = 1 << 20
"""Bytes; a longer line is no entry, and is not held in memory."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what to check, and by which head."""
    parser.add_argument("ledger", metavar="LEDGER", nargs="?", help="a path")
    parser.add_argument("--head", metavar="HASH", help="the hash that the last entry must have")


def audit(path: str, *, head: str | None = None) -> int:
    """
    Print every defect of the ledger in a file; return 1 if there is any, else 0.

    Without *head* the one noted in `<path>.head` is taken, if that file is there: rows cut off at
    the end show by it alone. A head noted where nobody can change it says more.

    Raises:
        OSError, ValueError: If the file cannot be read.
    """
    if head is None:
        head = _noted_head(path)
    with open(path, "rb") as file:
        defects = verify(_entries(file), head=head)
    for defect in defects:
        seq = "" if defect.seq is None else f" (seq {defect.seq})"
        print(f"{path}:{defect.row}: {defect.code}{seq}")
    count = f"{len(defects)} defect{'' if len(defects) == 1 else 's'}"
    sys.stderr.write(f"{path}: {count if defects else 'no defect'}\n")
    return 1 if defects else 0


def main(argv: Sequence[str] | None = None) -> int:
    """Check one ledger: 0 fine, 1 defects, 2 wrong usage."""
    parser = argparse.ArgumentParser(description="Check an exported ledger, JSON Lines.")
    add_arguments(parser)
    arguments = parser.parse_args(argv)
    if arguments.ledger is None:
        parser.error("which ledger?")
    try:
        return audit(arguments.ledger, head=arguments.head)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        sys.stderr.write(f"cannot read `{arguments.ledger}`: {reason}\n")
        return 2


def _noted_head(path: str) -> str | None:
    try:
        with open(f"{path}.head", encoding="ascii") as file:
            words = file.read(1000).split()
    except FileNotFoundError:
        return None
    # An empty note must not pass for none: nothing has this head.
    return words[0] if words else "-"


def _entries(file: BinaryIO) -> Iterator[Mapping[str, object]]:
    is_first = True
    for line in _lines(file):
        # A byte order mark stands at the very beginning or nowhere.
        text = line[3:] if is_first and line.startswith(b"\xef\xbb\xbf") else line
        is_first = False
        try:
            value = json.loads(text.decode("utf-8"), object_pairs_hook=_once)
        except (ValueError, RecursionError):
            value = None
        # What is no entry is a finding of the ledger, so it is passed on as one.
        yield value if isinstance(value, dict) else {}


def _lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(LONGEST_LINE):
        if len(line) < LONGEST_LINE or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(LONGEST_LINE)
        yield b""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Of two bodies in one entry, a reader could be shown the one that was not hashed.
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("duplicate key")
    return dict(pairs)


if __name__ == "__main__":
    sys.exit(main())
