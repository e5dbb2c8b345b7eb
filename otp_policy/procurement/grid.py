"""A sheet as it comes from any file: numbered lines of plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Generic, TypeVar

from otp_policy.procurement.findings import CellError, Code, Place, TableFinding
from otp_policy.procurement.texts import MOST_CHARACTERS, plain

__all__ = [
    "MOST_COLUMNS",
    "MOST_ROWS",
    "Broken",
    "CellValue",
    "Grid",
    "Line",
    "Reading",
    "is_blank",
    "place_of",
    "shown",
    "text_of",
]

Record = TypeVar("Record")

MOST_ROWS = 20_000
MOST_COLUMNS = 100


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell whose value is not to be had: a formula without one, an error, another file's."""

    code: Code


CellValue = str | int | float | bool | datetime | date | time | timedelta | Broken | None


@dataclass(frozen=True, slots=True)
class Line:
    """
    One row of a sheet, counted from 1; `merged` are the columns that repeat a cell merged above.

    `cells` are by column, counted from 1, and hold no blank one.
    """

    number: int
    cells: Mapping[int, CellValue]
    merged: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Grid:
    """The lines of a sheet that say something; the sheet of a CSV file has no name."""

    sheet: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Generic[Record]):
    """
    What a file says, and what is wrong with it.

    INVARIANT: with an error among the findings there are no records: nothing is half read.
    """

    records: tuple[Record, ...] = ()
    findings: tuple[TableFinding, ...] = field(default=())


def is_blank(value: CellValue) -> bool:
    """Tell whether a cell says nothing."""
    return value is None or (isinstance(value, str) and not plain(value))


def text_of(value: CellValue) -> str:
    """
    Return the text of a cell; a whole number as its digits, nothing as the empty text.

    Raises:
        CellError: If it holds something else, or more than any form needs.

    >>> text_of(12.0)
    '12'
    """
    if isinstance(value, str):
        if len(value) > MOST_CHARACTERS:
            raise CellError(Code.TEXT_TOO_LONG)
        return plain(value)
    if isinstance(value, Broken):
        raise CellError(value.code)
    if isinstance(value, date | time | timedelta):
        raise CellError(Code.NUMBER_BECAME_DATE)
    if value is None:
        return ""
    if isinstance(value, bool):
        raise CellError(Code.TEXT_EXPECTED)
    return _digits(value)


def _digits(value: int | float) -> str:
    # `str` of a very long whole number is refused by Python itself.
    if abs(value) >= 10**15 or value != value:
        raise CellError(Code.TEXT_EXPECTED)
    return str(int(value)) if value == int(value) else str(value)


def shown(value: CellValue) -> str:
    """Return what stands in a cell, for a finding to show."""
    if isinstance(value, Broken):
        return ""
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, int | float) and abs(value) >= 10**30:
        return f"{float('inf') if value > 0 else float('-inf')}"
    return "" if value is None else plain(str(value))


def place_of(grid: Grid, line: Line, column: int = 0) -> Place:
    """Return the place of a cell, or of a whole line."""
    return Place(grid.sheet, line.number, column)
