"""
Where everything stands in a TOML text.

The parser of the standard library gives no positions, and no well-kept parser that does comes
without a dependency; so a text that it has read is walked once more. Nothing is judged here: the
text is known to be TOML.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from otp_policy.entries import Path, Position

__all__ = ["Positions"]

BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*+")
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
STRING = re.compile(
    r'"""(?:[^"\\]|\\[\s\S]|"(?!""))*+"{3,5}'
    r"|'''(?:[^']|'(?!''))*+'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*+"'
    r"|'[^'\n]*+'"
)
SCALAR = re.compile(r"\d{4}-\d\d-\d\d[ ]\d\d[^\s,\]}#]*|[^\s,\]}#]+")


class Positions:
    """
    The position of every table, key and value of a list of one text.

    The text is walked when the first position is asked for: a policy without defects never pays.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._found: dict[Path, int] | None = None
        self._lines: list[int] = []

    def at(self, path: Path) -> Position | None:
        """Return the position of a path, or of the nearest table or list around it."""
        if self._found is None:
            self._found = _Scan(self.text).run()
            self._lines = [0, *(match.end() for match in re.finditer("\n", self.text))]
        for length in range(len(path), 0, -1):
            offset = self._found.get(path[:length])
            if offset is not None:
                line = bisect_right(self._lines, offset)
                return line, offset - self._lines[line - 1] + 1
        return None

    def end(self) -> Position:
        """Return the start of the last line that says something."""
        return self.text.rstrip().count("\n") + 1, 1

    def paths(self) -> frozenset[Path]:
        """Return everything that has a position."""
        self.at(())
        return frozenset(self._found or ())


@dataclass(slots=True)
class _Open:
    """A list or an inline table that is not closed yet."""

    path: Path
    is_list: bool
    items: int = 0


class _Scan:
    def __init__(self, text: str) -> None:
        self.text = text
        self.offset = 0
        self.found: dict[Path, int] = {}
        self.lists_of_tables: dict[Path, int] = {}

    def run(self) -> dict[Path, int]:
        table: Path = ()
        while char := self._next():
            if char == "[":
                table = self._head()
            else:
                self._value(self._key(table))
        return self.found

    def _next(self) -> str:
        """Go on to the next character that says something, and return it; empty at the end."""
        blank = BLANK.match(self.text, self.offset)
        self.offset = blank.end() if blank else self.offset
        return self.text[self.offset : self.offset + 1]

    def _head(self) -> Path:
        """Return the path of the table whose head begins here."""
        start = self.offset
        is_list = self.text.startswith("[[", start)
        self.offset += 2 if is_list else 1
        names = self._names()
        self.offset += 2 if is_list else 1
        path: Path = ()
        for name, _ in names[:-1]:
            path = self._within((*path, name))
            self.found.setdefault(path, start)
        path = (*path, names[-1][0])
        self.found.setdefault(path, start)
        if is_list:
            self.lists_of_tables[path] = self.lists_of_tables.get(path, -1) + 1
            path = self._within(path)
            self.found[path] = start
        return path

    def _within(self, path: Path) -> Path:
        """Return the latest table of a list of tables; any other path as it is."""
        index = self.lists_of_tables.get(path)
        return path if index is None else (*path, index)

    def _names(self) -> list[tuple[str, int]]:
        """Return the parts of a dotted key, each with its offset, and go on behind it."""
        names: list[tuple[str, int]] = []
        while True:
            self._next()
            start = self.offset
            bare = BARE_KEY.match(self.text, start)
            match = bare or STRING.match(self.text, start)
            if match is None:
                raise ValueError(f"no key at offset {start}")
            self.offset = match.end()
            names.append((match[0] if bare else _unquoted(match[0]), start))
            if self._next() != ".":
                return names
            self.offset += 1

    def _key(self, table: Path) -> Path:
        """Return the path of the key that begins here, and go on behind its equals sign."""
        path = table
        for name, start in self._names():
            path = (*path, name)
            self.found.setdefault(path, start)
        self._next()
        self.offset += 1
        return path

    def _value(self, path: Path) -> None:
        """Walk over a value with all that it holds, however deep."""
        opened: list[_Open] = []
        self._begin(path, opened)
        while opened and (char := self._next()):
            innermost = opened[-1]
            if char in ",]}":
                self.offset += 1
                if char != ",":
                    opened.pop()
            elif innermost.is_list:
                item = (*innermost.path, innermost.items)
                innermost.items += 1
                self.found[item] = self.offset
                self._begin(item, opened)
            else:
                self._begin(self._key(innermost.path), opened)

    def _begin(self, path: Path, opened: list[_Open]) -> None:
        char = self._next()
        if char and char in "[{":
            self.offset += 1
            opened.append(_Open(path, char == "["))
            return
        value = STRING.match(self.text, self.offset) or SCALAR.match(self.text, self.offset)
        if value is None:
            raise ValueError(f"no value at offset {self.offset}")
        self.offset = value.end()


def _unquoted(key: str) -> str:
    """Return what a quoted key says."""
    if key.startswith("'"):
        return key[1:-1]
    if "\\" not in key:
        return key[1:-1]
    import tomllib

    # An escape is read by the parser itself, so that both read it alike.
    value: str = tomllib.loads(f"k = {key}")["k"]
    return value
