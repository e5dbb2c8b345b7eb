"""
Thai alphabetical order, as dictionaries have it, for whoever sorts without ICU or PostgreSQL.

A vowel that is written before its consonant is sorted after it; tone marks and the mark of a
silent letter count only between words that are otherwise the same.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["compare_thai", "thai_key"]

_LEADING_VOWEL = re.compile("([เ-ไ])([ก-ฮ])")
_TONES = re.compile("[็-์๎]")
_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
# Sara am is also spelt as a mark and a vowel, with a tone between them.
_SARA_AM_IN_TWO = re.compile("ํ([่-๋]?)า")


def thai_key(text: str) -> tuple[str, tuple[str, ...], str]:
    """
    Return what *text* is sorted by: its letters, the tones on each of them, and itself.

    >>> sorted(["ขา", "เกา", "กา", "แก่", "แก"], key=thai_key)
    ['กา', 'เกา', 'แก', 'แก่', 'ขา']
    """
    folded = unicodedata.normalize("NFC", text).casefold().translate(_DIGITS)
    swapped = _LEADING_VOWEL.sub(r"\2\1", _SARA_AM_IN_TWO.sub("\\1ำ", folded))
    letters: list[str] = []
    tones: list[str] = [""]
    for character in swapped:
        if _TONES.fullmatch(character):
            tones[-1] += character
        else:
            letters.append(character)
            tones.append("")
    return "".join(letters), tuple(tones), text


def compare_thai(first: str, second: str) -> int:
    """Return -1, 0 or 1, as a database's collation does."""
    one, other = thai_key(first), thai_key(second)
    return (one > other) - (one < other)
