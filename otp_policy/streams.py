"""
Lines in and lines out, in constant memory, whatever the bytes are.

Standard input is read in chunks as they come, and the answers to a chunk are flushed before the
next is read: a program that waits for each answer is not kept waiting, and a file of a million
lines costs few system calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

__all__ = ["LONGEST_LINE", "chunks_of_lines"]

CHUNK = 1 << 16

LONGEST_LINE = 1 << 20
"""Bytes; a longer line is given as None instead of being held in memory."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def chunks_of_lines(source: BinaryIO) -> Iterator[list[bytes | None]]:
    """
    Return the lines of *source* without their ends, a list for each chunk that came.

    A last line without an end counts; a byte order mark at the very beginning does not.
    """
    rest, is_first, is_too_long = b"", True, False
    # Buffered streams all have read1; typeshed does not say so of BinaryIO.
    while chunk := source.read1(CHUNK):  # type: ignore[attr-defined]
        *lines, rest = (rest + chunk).split(b"\n")
        found: list[bytes | None] = [line.removesuffix(b"\r") for line in lines]
        if found and is_too_long:
            # The end of a line whose beginning was thrown away.
            found[0], is_too_long = None, False
        elif found and is_first:
            found[0] = lines[0].removesuffix(b"\r").removeprefix(BYTE_ORDER_MARK)
        is_first = is_first and not found
        if len(rest) > LONGEST_LINE:
            rest, is_too_long = b"", True
        if found:
            yield [
                None if line is not None and len(line) > LONGEST_LINE else line for line in found
            ]
    if is_too_long:
        yield [None]
    elif rest:
        yield [rest.removeprefix(BYTE_ORDER_MARK) if is_first else rest]
