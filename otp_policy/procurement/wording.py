"""Says in Thai or English what is wrong with a form or with open data, where, and what to do."""

from __future__ import annotations

import os
import tomllib
from functools import lru_cache

from otp_policy.procurement.findings import Place, TableFinding

__all__ = ["column_name", "ocds_codes", "ocds_sentence", "place_in_words", "sentence"]

FILE = os.path.join(
    os.path.dirname(os.path.dirname(__file__)), "data", "procurement", "sentences.toml"
)

_Templates = dict[str, dict[str, dict[str, str]]]


@lru_cache(maxsize=1)
def _templates() -> _Templates:
    with open(FILE, "rb") as file:
        templates: _Templates = tomllib.load(file)
    return templates


def sentence(finding: TableFinding, *, lang: str) -> str:
    """
    Return what is wrong and what to do, in `th` or `en`.

    Raises:
        KeyError: If *lang* is another language.
    """
    column = column_name(finding.column, lang=lang) if finding.column else ""
    return _templates()["finding"][finding.code][lang].format(
        column=column, value=finding.value, expected=finding.expected
    )


def ocds_sentence(code: str, *, lang: str, where: str = "") -> str:
    """
    Return why something cannot be told as open contracting data, in `th` or `en`.

    Args:
        code: The code of an `OcdsError`.
        lang: The language.
        where: Its place; without one the sentence names none.

    Raises:
        KeyError: If no such code or language is known.

    >>> ocds_sentence("name_missing", lang="en", where="awards[0].suppliers[1]")
    'A bidder or supplier has no name (awards[0].suppliers[1]). Fill it in.'
    """
    told = _templates()["ocds"][code][lang]
    return told.format(where=where) if where else told.replace(" ({where})", "")


def ocds_codes() -> frozenset[str]:
    """Return the codes that have a sentence."""
    return frozenset(_templates()["ocds"])


def column_name(column: str, *, lang: str) -> str:
    """Return the name of a column in `th` or `en`."""
    return _templates()["column"][column][lang]


def place_in_words(place: Place, *, lang: str) -> str:
    """
    Return where a finding is; empty for the whole file.

    >>> place_in_words(Place("ต.ค. 2568", 7, 3), lang="en")
    'sheet “ต.ค. 2568”, row 7, column C'
    """
    parts = (("sheet", place.sheet), ("row", place.row), ("column", place.column))
    return ", ".join(
        _templates()["place"][name][lang].format(
            sheet=place.sheet, row=place.row, letter=place.letter
        )
        for name, is_told in parts
        if is_told
    )
