"""Two texts compared line by line: what each line is, and which words of it changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from .words import Mark, Run, compare_words, opcodes

__all__ = ["Line", "LineChange", "compare_lines", "whole"]

# Lines less alike than this are two lines, not one that changed.
_LEAST_ALIKE = 0.3
# Beyond these pairs a line is compared with the next one only, so that no text takes minutes.
_MOST_PAIRS_OF_LINES = 2_500
_MOST_LETTERS_ALIKE = 600
# And from here on there is no need to look for a better one.
_CLEARLY_ALIKE = 0.75


@dataclass(frozen=True, slots=True)
class Line:
    """A line of readable text, and what it is: `paragraph`, `heading 2`, `list item`, …"""

    text: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class LineChange:
    """What became of one line. `was` is what it was before, where that changed."""

    mark: Mark
    runs: tuple[Run, ...]
    role: str = ""
    was: str = ""


def compare_lines(before: Sequence[Line], after: Sequence[Line]) -> tuple[LineChange, ...]:
    """Return every line of both texts once, in reading order, with what became of it."""
    changes: list[LineChange] = []
    old = [f"{line.role}\x00{line.text}" for line in before]
    new = [f"{line.role}\x00{line.text}" for line in after]
    for tag, i1, i2, j1, j2 in opcodes(old, new):
        if tag == "equal":
            changes += whole(before[i1:i2], Mark.SAME)
        elif tag == "replace":
            changes += _replaced(before[i1:i2], after[j1:j2])
        else:
            changes += whole(before[i1:i2], Mark.REMOVED) + whole(after[j1:j2], Mark.ADDED)
    return tuple(changes)


def whole(lines: Sequence[Line], mark: Mark) -> list[LineChange]:
    """Return each of *lines* with the same mark."""
    return [LineChange(mark, (Run(mark, line.text),), line.role) for line in lines]


def _replaced(before: Sequence[Line], after: Sequence[Line]) -> Iterator[LineChange]:
    """Pair each line with the next one that is like it; what has no pair came or went."""
    rest = list(before)
    reach = len(rest) if len(rest) * len(after) <= _MOST_PAIRS_OF_LINES else 1
    for line in after:
        index = _partner(line, rest[:reach])
        if index is None:
            yield from whole([line], Mark.ADDED)
            continue
        yield from whole(rest[:index], Mark.REMOVED)
        yield _changed(rest[index], line)
        rest = rest[index + 1 :]
    yield from whole(rest, Mark.REMOVED)


def _partner(line: Line, rest: Sequence[Line]) -> int | None:
    found, best = None, _LEAST_ALIKE
    for index, other in enumerate(rest):
        share = _alike(line, other)
        if share >= _CLEARLY_ALIKE:
            return index
        if share > best:
            found, best = index, share
    return found


def _alike(one: Line, other: Line) -> float:
    if one.text == other.text:
        return 1.0
    size = _MOST_LETTERS_ALIKE
    matcher = SequenceMatcher(None, one.text[:size], other.text[:size])
    return matcher.quick_ratio() if matcher.real_quick_ratio() >= _LEAST_ALIKE else 0.0


def _changed(before: Line, after: Line) -> LineChange:
    was = before.role if before.role != after.role else ""
    return LineChange(Mark.CHANGED, compare_words(before.text, after.text), after.role, was)
