"""
The sentences that the library itself says about policies, in both languages.

They are data, `data/words.toml`: a key, and a template in Thai and in English. The names of
roles, categories and channels in them come from the policies.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cache

from otp_policy.reader import parse_toml

__all__ = ["LANGUAGES", "has_phrase", "listed", "phrase"]

LANGUAGES = ("th", "en")
THAI_LETTERS = ("ก", "ไ")
"""The first and the last letter that a Thai word may begin with."""

FILE = os.path.join(os.path.dirname(os.path.dirname(__file__)), "data", "words.toml")


@cache
def _phrases() -> Mapping[str, Mapping[str, str]]:
    with open(FILE, encoding="utf-8") as file:
        tables = parse_toml(file.read())
    return {
        f"{table}.{key}": texts
        for table, entries in tables.items()
        for key, texts in entries.items()
    }


def has_phrase(key: str) -> bool:
    """Return whether there is such a phrase."""
    return key in _phrases()


def phrase(key: str, lang: str, **values: object) -> str:
    """
    Return the phrase of *key*, as `action.approve`, with its *values* put in.

    Raises:
        KeyError: If there is no such phrase, language or value.
    """
    return _phrases()[key][lang].format(**values)


def listed(items: Iterable[str], lang: str) -> str:
    """
    Return the items as one enumeration.

    >>> listed(["a", "b", "c"], "en")
    'a, b and c'
    >>> listed(["ผู้ดำรงตำแหน่ง", "ผู้รักษาการ"], "th"), listed(["“ก”", "“ข”"], "th")
    ('ผู้ดำรงตำแหน่ง และผู้รักษาการ', '“ก” และ “ข”')
    """
    *first, last = [*items] or [""]
    if not first:
        return last
    join = "list.join_word" if THAI_LETTERS[0] <= last[:1] <= THAI_LETTERS[-1] else "list.join"
    return phrase(join, lang, first=phrase("list.comma", lang).join(first), last=last)
