"""The units in which the services count text."""

from __future__ import annotations

import unicodedata

__all__ = ["grapheme_count", "split_by_utf16", "utf16_units"]

_ZWJ = "\u200d"
_THAI_LAO_AM = "\u0e33\u0eb3"  # letters by category, yet part of the cluster before them


def utf16_units(text: str) -> int:
    """
    Return the length of *text* in UTF-16 code units, as LINE counts it.

    >>> utf16_units("ไทย"), utf16_units("😀")
    (3, 2)
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _extends(character: str, before: str) -> bool:
    """Whether *character* belongs to the cluster that ends with *before*."""
    code = ord(character)
    return (
        unicodedata.category(character) in {"Mn", "Me", "Mc"}
        or character in _THAI_LAO_AM
        or character == _ZWJ
        or before == _ZWJ
        or 0x1F3FB <= code <= 0x1F3FF  # skin tones
        or 0xE0020 <= code <= 0xE007F  # tags of flags
        or (before == "\r" and character == "\n")
    )


def _is_flag_half(character: str) -> bool:
    return 0x1F1E6 <= ord(character) <= 0x1F1FF


def _graphemes(text: str) -> list[str]:
    """Return user-perceived characters; the rules of UAX 29 that Thai and emoji need."""
    clusters: list[str] = []
    for character in text:
        last = clusters[-1] if clusters else ""
        joins_flag = len(last) == 1 and _is_flag_half(last) and _is_flag_half(character)
        if last and (joins_flag or _extends(character, last[-1])):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def grapheme_count(text: str) -> int:
    """
    Return the number of user-perceived characters, in which LINE counts labels.

    >>> grapheme_count("น้ำ"), grapheme_count("👨\u200d👩\u200d👧🇹🇭")
    (1, 2)
    """
    return len(_graphemes(text))


def split_by_utf16(text: str, *, limit: int) -> list[str]:
    """
    Return *text* in pieces of at most *limit* UTF-16 units, cut between graphemes.

    A piece ends at its last line break or space when that keeps at least half of it. A single
    grapheme longer than *limit* becomes a piece of its own.
    """
    pieces: list[str] = []
    current: list[str] = []
    used = 0
    for cluster in _graphemes(text):
        size = utf16_units(cluster)
        if current and used + size > limit:
            kept = _break_at(current)
            pieces.append("".join(current[:kept]).strip())
            current = current[kept:]
            used = utf16_units("".join(current))
        current.append(cluster)
        used += size
    pieces.append("".join(current).strip())
    return [piece for piece in pieces if piece]


def _break_at(clusters: list[str]) -> int:
    """Return how many of *clusters* to keep in this piece."""
    for breaks in ("\n", " "):
        for index in range(len(clusters) - 1, len(clusters) // 2, -1):
            if clusters[index] == breaks:
                return index + 1
    return len(clusters)
