"""Says of a finding in Thai or English where it is, what is wrong, and what to do."""

from __future__ import annotations

import os
import tomllib
from functools import lru_cache

from otp_policy.procurement.findings import Place, TableFinding

__all__ = ["column_name", "place_in_words", "sentence"]

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
