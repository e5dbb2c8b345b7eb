"""
The letters of a page of a PDF, also where its glyphs do not tell them.

A raised tone mark is a glyph that no letter leads to. Browsers and office programs write the
letters beside it (`ActualText`), which pypdf passes over: half of all Thai sentences lose a mark.
"""

import re
from typing import Any

from pypdf import PageObject
from pypdf.generic import ArrayObject, DictionaryObject, NullObject

__all__ = ["letters_of"]

_BEGINS, _ENDS = frozenset((b"BDC", b"BMC")), b"EMC"
# What shows text, with the text as its last operand.
_SHOWS = frozenset((b"Tj", b"TJ", b"'", b'"'))
# Stands where glyphs were, so that what follows them does not seem to follow a gap.
_FILLER = "\u2060"
# Older Thai fonts keep moved marks, and letters without their foot, where no letter has a place.
_OLD_FONTS = (
    "\u0e10\u0e34\u0e35\u0e36\u0e37\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e48\u0e49\u0e4a\u0e4b\u0e4c"
    "\u0e0d\u0e31\u0e4d\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e38\u0e39\u0e3a"
)
_LETTERS = {
    0: None,
    ord(_FILLER): None,
    **{0xF700 + place: letter for place, letter in enumerate(_OLD_FONTS)},
}
# Where the font changes, between Thai and what it does not hold, pypdf sees gaps.
_GAPS = (
    (re.compile("  +"), " "),
    (re.compile("(?<=[\u0e01-\u0e5b]) (?=[.,/:%])"), ""),
    (re.compile("(?<=[๐-๙][.,/:]) (?=[๐-๙])"), ""),
)


def letters_of(page: PageObject) -> str:
    """Return the text of *page*, with `ActualText` in place of the glyphs that it stands for."""
    text = page.extract_text(visitor_operand_before=_Spans())
    text = str(text).translate(_LETTERS)
    for gap, closed in _GAPS:
        text = gap.sub(closed, text)
    return text


class _Spans:
    """Watches the operators of a page, and puts the letters in where they are given."""

    def __init__(self) -> None:
        self._open: list[bool] = []  # for each span that is open, whether it says its letters
        self._said: str | None = None

    def __call__(self, operator: bytes, operands: list[Any], *matrices: Any) -> None:
        if operator in _BEGINS:
            said = None if any(self._open) else _actual_text(operands)
            self._open.append(said is not None)
            self._said = said if said is not None else self._said
        elif operator == _ENDS and self._open:
            self._open.pop()
        elif operator in _SHOWS and operands and any(self._open):
            # The first glyphs of the span say all of it, the others nothing.
            said, self._said = f"{self._said or ''}{_FILLER * _glyphs(operands[-1])}", ""
            operands[-1] = ArrayObject([said]) if operator == b"TJ" else said


def _glyphs(shown: Any) -> int:
    """Return about how many glyphs an operand shows."""
    parts = shown if isinstance(shown, list) else [shown]
    return sum(len(part) for part in parts if isinstance(part, str | bytes))


def _actual_text(operands: list[Any]) -> str | None:
    properties = operands[-1] if len(operands) == 2 else None
    if not isinstance(properties, DictionaryObject):
        return None
    said = properties.get("/ActualText")
    if said is None or isinstance(said, NullObject):
        return None
    # The operands of a page's text are read as bytes; UTF-16 begins with its mark.
    if isinstance(said, bytes):
        return said.decode("utf-16") if said[:2] in (b"\xfe\xff", b"\xff\xfe") else None
    return str(said)
