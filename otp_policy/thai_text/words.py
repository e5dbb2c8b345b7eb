"""Where words begin and end: by ICU's dictionary in Thai, by letters and digits elsewhere."""

import functools
import re
from collections.abc import Iterator
from typing import NamedTuple

from icu4py.breakers import WordBreaker

from .folding import edges_of

__all__ = ["SHORTEST_PART", "Token", "has_thai", "is_head", "parts_of", "tokens_of"]

LONGEST_TOKEN = 64
# What is looked for by itself, and what only with other words before or behind it.
SHORTEST_PART = 4
SHORTEST_EDGE = 3
SHORTEST_REST = 2
_LOCALE = "th"
# `\w` alone would end a word at each Thai mark.
# A word ends where the script changes: นโยบายOTP are two.
_WORD = re.compile(
    r"[\u0e01-\u0e3a\u0e40-\u0e4e]+|(?:[^\W_\u0e01-\u0e3a\u0e40-\u0e4e]|[\u0300-\u036f])+"
)
# ก.พ.ร. is one word, as กพร. is; of พ.ศ. the years make their own sense.
_ABBREVIATION = re.compile(
    r"(?<![\u0e01-\u0e4e])(?![พครจม]\.\s?ศ)"
    r"[\u0e01-\u0e2e]{1,2}(?:\.[\u0e01-\u0e2e]{1,2})+(?:\.|(?![\u0e01-\u0e4e]))"
)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?=\.\d+$|$)")
_THAI = re.compile(r"[\u0e01-\u0e2e]")


class Token(NamedTuple):
    """
    A word and where it stands.

    Attributes:
        is_grouped: Whether it is a number written with commas, which is never a year.
    """

    text: str
    start: int
    end: int
    is_grouped: bool = False


def has_thai(text: str) -> bool:
    """Tell whether *text* holds a Thai consonant."""
    return _THAI.search(text) is not None


def tokens_of(folded: str) -> list[Token]:
    """
    Return the words of a folded text.

    >>> [token.text for token in tokens_of("ข้อมูลข่าวสาร 1,500 บาท")]
    ['ข้อมูล', 'ข่าวสาร', '1500', 'บาท']
    """
    tokens: list[Token] = []
    place = 0
    for found in _ABBREVIATION.finditer(folded):
        tokens += _broken(folded[place : found.start()], place)
        tokens.append(Token(found[0].replace(".", ""), found.start(), found.end()))
        place = found.end()
    return tokens + _broken(folded[place:], place)


def _broken(text: str, place: int) -> list[Token]:
    """Return the words of *text*, which stands at *place*."""
    tokens: list[Token] = []
    # ICU counts in UTF-16 units; the lengths of its pieces count in ours.
    for piece in WordBreaker(text, _LOCALE):
        tokens += _words_in(piece, place)
        place += len(piece)
    return tokens


def _words_in(piece: str, place: int) -> Iterator[Token]:
    grouped = _GROUPED.match(piece) if "," in piece else None
    if grouped is not None:
        end = place + grouped.end()
        yield Token(grouped[0].replace(",", ""), place, end, is_grouped=True)
        piece, place = piece[grouped.end() :], end
    if piece.isspace():
        return
    for found in _WORD.finditer(piece):
        yield Token(found[0][:LONGEST_TOKEN], place + found.start(), place + found.end())


def parts_of(word: str) -> set[str]:
    """
    Return what a reader may look for inside a Thai compound that ICU keeps whole.

    What is left on either side has to be a word for ICU. Three letters are a part only at the
    beginning or the end: there a phrase may go on in the next word.

    >>> {"งบประมาณ", "ประมาณ"} <= parts_of("ปีงบประมาณ")
    True
    """
    if not has_thai(word) or len(word) < SHORTEST_EDGE + SHORTEST_REST:
        return set()
    edges = edges_of(word)
    starts = [edge for edge in edges if edge == 0 or _is_word(word[:edge])]
    ends = [edge for edge in edges if edge == len(word) or _is_word(word[edge:])]
    return {
        word[start:end]
        for start in starts
        for end in ends
        if (SHORTEST_PART if start and end < len(word) else SHORTEST_EDGE)
        <= end - start
        < len(word)
    }


def is_head(letters: str, word: str) -> bool:
    """
    Tell whether the short *letters* are the first of the two words that a compound is made of.

    A Thai compound begins with what it is: ยางพารา is a rubber. ข่า begins ข่าวดี by its letters
    alone, as a longer word does it better.

    >>> is_head("ยาง", "ยางพารา"), is_head("ข่า", "ข่าวดี")
    (True, False)
    """
    heads = [
        word[:edge]
        for edge in edges_of(word)[1:-1]
        if edge >= len(letters) and _stands_alone(word[:edge]) and _stands_alone(word[edge:])
    ]
    return heads[-1:] == [letters]


@functools.lru_cache(maxsize=50_000)
def _stands_alone(letters: str) -> bool:
    """Tell whether ICU knows the word: three of what it does not know come out otherwise."""
    return (
        len(letters) >= SHORTEST_REST and list(WordBreaker(letters * 3, _LOCALE)) == [letters] * 3
    )


@functools.lru_cache(maxsize=50_000)
def _is_word(letters: str) -> bool:
    long_enough = len(letters) >= SHORTEST_REST
    return long_enough and next(iter(WordBreaker(letters, _LOCALE))) == letters
