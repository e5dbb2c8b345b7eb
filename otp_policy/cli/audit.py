"""
What checks an exported ledger or an evidence pack, as a command of its own.

With `ledger.py`, `packs.py` and `pack_proof.py` before it this is the file that an auditor is
handed, so it needs the standard library alone, on Python 3.9 or newer.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from otp_policy.ledger import verify
from otp_policy.pack_proof import verify_pack

__all__ = ["add_arguments", "audit", "check", "main"]

LONGEST_LINE = 1 << 20
"""Bytes; a longer line is no entry, and is not held in memory."""
# The plugin names a pack by the beginning of its SHA-256; a browser may number a second copy.
_NAMED_HASH = re.compile(r"-([0-9a-f]{16})(?: ?\(\d+\))?\.zip$")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what to check, and by what was noted elsewhere."""
    parser.add_argument("ledger", metavar="LEDGER", nargs="?", help="a ledger or a pack: a path")
    parser.add_argument("--head", metavar="HASH", help="the hash that the last entry must have")
    parser.add_argument(
        "--digest", metavar="HASH", help="the SHA-256 that a pack or its evidence.json must have"
    )
    parser.add_argument(
        "--against", metavar="LEDGER", help="an exported ledger in which a pack's entries stand"
    )


def check(arguments: argparse.Namespace) -> int:
    """
    Check what *arguments* name, a pack by its beginning or its name; return the exit code.

    Raises:
        OSError, ValueError: If a file cannot be read.
    """
    if is_pack(arguments.ledger):
        return audit_pack(
            arguments.ledger,
            head=arguments.head,
            digest=arguments.digest,
            against=arguments.against,
        )
    if arguments.digest is not None or arguments.against is not None:
        sys.stderr.write("--digest and --against are for packs; this is a ledger\n")
        return 2
    return audit(arguments.ledger, head=arguments.head)


def is_pack(path: str) -> bool:
    """
    Tell whether the file is meant as a pack: by its name, or by what it begins with.

    Raises:
        OSError, ValueError: If it cannot be read.
    """
    with open(path, "rb") as file:
        return path.lower().endswith(".zip") or file.read(2) == b"PK"


def audit_pack(
    path: str, *, head: str | None = None, digest: str | None = None, against: str | None = None
) -> int:
    """
    Print every defect of the pack in a file; return 1 if there is any, else 0.

    Args:
        path: The pack.
        head: The hash that the ledger ended with when the pack was made.
        digest: The SHA-256 of the pack, or of its `evidence.json`, as it was noted elsewhere.
        against: An exported ledger; it has to be whole itself.

    Raises:
        OSError, ValueError: If a file cannot be read.
    """
    is_whole = against is None or audit(against) == 0
    named = _NAMED_HASH.search(os.path.basename(path))
    with open(path, "rb") as file:
        if against is None:
            defects = verify_pack(file, digest=digest, head=head)
        else:
            with open(against, "rb") as ledger_file:
                entries = _entries(ledger_file)
                defects = verify_pack(file, digest=digest, head=head, against=entries)
        file.seek(0)
        own = _sha256(file)
    lines = [f"{path}: {one.code}{f' ({one.where})' if one.where else ''}" for one in defects]
    if named and not own.startswith(named.group(1)):
        lines.append(f"{path}: name_differs ({named.group(1)})")
    for line in lines:
        print(line)
    sys.stderr.write(f"{path}: SHA-256 {own}\n{path}: {_count(len(lines))}\n")
    if digest is None and against is None:
        sys.stderr.write(
            "Whoever can make a pack can make another one: compare the SHA-256 with the one that "
            "was noted elsewhere (--digest), or the entries with the ledger (--against).\n"
        )
    return 1 if lines or not is_whole else 0


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
    sys.stderr.write(f"{path}: {_count(len(defects))}\n")
    return 1 if defects else 0


def main(argv: Sequence[str] | None = None) -> int:
    """Check one ledger or pack: 0 fine, 1 defects, 2 wrong usage."""
    parser = argparse.ArgumentParser(description="Check an exported ledger or an evidence pack.")
    add_arguments(parser)
    arguments = parser.parse_args(argv)
    if arguments.ledger is None:
        parser.error("which ledger?")
    try:
        return check(arguments)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        sys.stderr.write(f"cannot read `{arguments.ledger}`: {reason}\n")
        return 2


def _count(number: int) -> str:
    return "no defect" if not number else f"{number} defect{'' if number == 1 else 's'}"


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(1 << 16):
        digest.update(chunk)
    return digest.hexdigest()


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
