"""
One spelling for what reads the same: marks in one order, digits, letters' case, spaces of no width.

Never NFKC: it takes ำ apart. NFC alone leaves the two spellings of ำ, and a tone mark typed before
its vowel, as they are; both are put right here.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Folded", "edges_of", "fold", "fold_with_places", "is_mark", "may_cut", "without_marks"]

# Zero-width spaces and joiners, the soft hyphen, the word joiner, and the byte order mark; and
# halves of letters, which no database takes.
_INVISIBLE = {
    **dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")),
    **dict.fromkeys(range(0xD800, 0xE000)),
}
_DIGITS = {ord("๐") + number: str(number) for number in range(10)}
_TONES = "\u0e48-\u0e4b"
_VOWELS = "\u0e31\u0e34-\u0e3a\u0e47"
_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
_IS_MARK = re.compile(f"[{_MARKS}]")

_PRECEDING = frozenset("เแโใไ")
_FOLLOWING = frozenset("ะาำๅฯๆ")

_RULES = (
    # Two of a mark by a finger that slipped; two เ for one แ.
    (re.compile(f"([{_MARKS}])\\1+"), r"\1"),
    (re.compile("เเ"), "แ"),
    # A tone mark before its vowel.
    (re.compile(f"([{_TONES}]+)([{_VOWELS}]+)"), r"\2\1"),
    # ำ as a circle and า, with the tone mark before, between or after.
    (re.compile(f"([{_TONES}]?)\u0e4d([{_TONES}]?)\u0e32"), "\\1\\2\u0e33"),
    (re.compile(f"\u0e33([{_TONES}])"), "\\1\u0e33"),
    # The same tone mark before ำ and behind it.
    (re.compile(f"([{_TONES}])\\1+"), r"\1"),
)
# What may be folded apart from what stands around it.
_CLUSTER = re.compile(
    f"(?:เเ|[\u0e4d]|.)[{_MARKS}\u0300-\u036f\u0e33]*(?:(?<=[\u0e4d{_TONES}])\u0e32)?[{_TONES}]*",
    re.DOTALL,
)


def fold(text: str) -> str:
    """
    Return *text* in the one spelling that the index and a query share.

    >>> fold("ปี ๒๕๖๙") == "ปี 2569"
    True
    >>> fold("น\u0e49\u0e4d\u0e32") == fold("น้ำ")
    True
    """
    return _folded(text.translate(_INVISIBLE))


def _folded(visible: str) -> str:
    text = unicodedata.normalize("NFC", visible).casefold().translate(_DIGITS)
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text, and for each of its letters where it stands in the original."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where the folded letters from *start* to before *end* stand in the original."""
        return self.starts[start], self.ends[end - 1]


def fold_with_places(text: str) -> Folded:
    """Return the folded *text* with the way back to the original."""
    kept = [(place, letter) for place, letter in enumerate(text) if ord(letter) not in _INVISIBLE]
    visible = "".join(letter for _place, letter in kept)
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for first, after in _clusters(visible):
        part = _folded(visible[first:after])
        parts.append(part)
        starts += [kept[first][0]] * len(part)
        ends += [kept[after - 1][0] + 1] * len(part)
    return Folded("".join(parts), tuple(starts), tuple(ends))


def _clusters(visible: str) -> Iterator[tuple[int, int]]:
    for found in _CLUSTER.finditer(visible):
        yield found.span()


def is_mark(letter: str) -> bool:
    """Tell whether *letter* is a Thai mark, which stands on the letter before it."""
    return _IS_MARK.match(letter) is not None


def may_cut(text: str, place: int) -> bool:
    """Tell whether *text* may be cut before *place* without taking a syllable's letters apart."""
    if not 0 < place < len(text):
        return True
    after, before = text[place], text[place - 1]
    return not (is_mark(after) or after in _FOLLOWING or before in _PRECEDING)


def edges_of(run: str) -> list[int]:
    """
    Return where a Thai run may be cut: its ends, and between its syllables' letters.

    Never before a mark or a vowel that follows its consonant, nor after one that precedes it.

    >>> edges_of("ประกาศ")
    [0, 1, 3, 5, 6]
    """
    inside = [place for place in range(1, len(run)) if may_cut(run, place)]
    return [0, *inside, len(run)]


def without_marks(text: str) -> str:
    """Return *text* without the Thai vowel and tone marks that stand above or below."""
    return _IS_MARK.sub("", text)
