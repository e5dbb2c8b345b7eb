"""What a comparison consists of: fields, their parts, and files, each with what became of it."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from .lines import Line, LineChange, compare_lines, whole
from .words import Mark

__all__ = ["FieldChange", "FileChange", "Part", "Stretch", "compare_part"]

# Unchanged lines beyond these are folded away, but for one beside each change.
_MOST_UNCHANGED = 4
_BESIDE = 1


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines that follow each other. `is_folded`: nothing in them changed, and they are many."""

    lines: tuple[LineChange, ...]
    is_folded: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A field, or one block of it, with every line of both texts."""

    heading: str
    mark: Mark
    lines: tuple[LineChange, ...]
    has_moved: bool = False

    @property
    def stretches(self) -> list[Stretch]:
        """Return the lines for a screen: many that did not change are folded away."""
        found: list[Stretch] = []
        for same, group in groupby(self.lines, lambda line: line.mark is Mark.SAME):
            lines = tuple(group)
            if not same or len(lines) <= _MOST_UNCHANGED:
                found.append(Stretch(lines))
                continue
            start = _BESIDE if found else 0
            end = len(lines) - (_BESIDE if lines[-1] is not self.lines[-1] else 0)
            pieces = ((lines[:start], False), (lines[start:end], True), (lines[end:], False))
            found += [Stretch(piece, folded) for piece, folded in pieces if piece]
        return found


@dataclass(frozen=True, slots=True)
class FieldChange:
    """
    One governed field. `raw`: what changed is not in its text, and stands here as it is kept.

    Nothing that the digest covers may change without being seen, so whatever has no words of its
    own is shown as data.
    """

    label: str
    mark: Mark
    parts: tuple[Part, ...]
    raw: tuple[str, str] | None = None

    @property
    def is_changed(self) -> bool:
        """Tell whether anything in the field is another than before."""
        return self.mark is not Mark.SAME


@dataclass(frozen=True, slots=True)
class FileChange:
    """
    One document or image. `before` and `after` are its rows, or None where it came or went.

    `text` compares what can be read in both; `unread` says that it cannot be read, or why not.
    """

    mark: Mark
    before: Any
    after: Any
    same_bytes: bool
    text: tuple[Part, ...] = ()
    unread: str = ""
    thumbnails: tuple[str, str] = ("", "")

    @property
    def is_changed(self) -> bool:
        """Tell whether the public will get another file than now."""
        return self.mark is not Mark.SAME

    @property
    def is_image(self) -> bool:
        """Tell whether it is shown as a picture."""
        return hasattr(self.after or self.before, "get_rendition")


def compare_part(
    before: list[Line] | None,
    after: list[Line] | None,
    *,
    heading: str = "",
    has_moved: bool = False,
) -> Part:
    """Compare the lines of a part; None where there is, or was, no such part."""
    if before is None:
        mark, lines = Mark.ADDED, tuple(whole(after or [], Mark.ADDED))
    elif after is None:
        mark, lines = Mark.REMOVED, tuple(whole(before, Mark.REMOVED))
    else:
        lines = compare_lines(before, after)
        changed = has_moved or any(line.mark is not Mark.SAME for line in lines)
        mark = Mark.CHANGED if changed else Mark.SAME
    return Part(heading, mark, lines, has_moved)
