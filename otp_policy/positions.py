"""
Where the tables and keys of a TOML text stand.

The parser of the standard library gives no positions, so the text is scanned once more for the
heads of tables and the first key of each line. Nothing is judged here.
"""

from __future__ import annotations

import re

__all__ = ["Positions", "scan"]

Positions = dict[tuple[str, int], dict[str, int]]
"""(table, index counted from 0) → key → line counted from 1; the key "" is the head."""

HEAD = re.compile(r"\s*\[{1,2}\s*\"?([\w-]+)\"?\s*\]{1,2}\s*(?:#.*)?$")
KEY = re.compile(r"\s*\"?([\w-]+)\"?\s*[=.]")
FENCE = re.compile(r"\"\"\"|'''")


def scan(text: str) -> Positions:
    """Return the line of each table and key; keys before the first table belong to `("", 0)`."""
    seen: dict[str, int] = {}
    keys: dict[str, int] = {}
    positions: Positions = {("", 0): keys}
    fence = ""
    for number, line in enumerate(text.split("\n"), start=1):
        inside = bool(fence)
        fence = _fence_after(line, fence)
        if inside:
            continue
        if head := HEAD.match(line):
            table = head[1]
            index = seen[table] = seen.get(table, -1) + 1
            keys = positions[table, index] = {"": number}
        elif key := KEY.match(line):
            keys.setdefault(key[1], number)
    return positions


def _fence_after(line: str, fence: str) -> str:
    """Return the mark that closes the multi-line string open at the end of *line*, if any."""
    if not fence and line.lstrip().startswith("#"):
        return ""
    for mark in FENCE.findall(line):
        if not fence:
            fence = mark
        elif mark == fence:
            fence = ""
    return fence
