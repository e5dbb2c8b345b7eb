"""Finds the table in a sheet by its headings, wherever it begins and however often they repeat."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from otp_policy.procurement.findings import Code, Column, RowPlace, TableFinding
from otp_policy.procurement.grid import Grid, Line, is_blank, place_of, shown
from otp_policy.procurement.texts import shortened, squeezed

__all__ = ["Form", "Header", "Rule", "find_header"]

_LONGEST_HEADING = 120
_LEAST_NUMBERED = 4


@dataclass(frozen=True, slots=True)
class Rule:
    """A heading that holds every one of the *words* (each an expression) holds these columns."""

    columns: tuple[Column, ...]
    words: tuple[str, ...]

    def fits(self, heading: str) -> bool:
        """Tell whether the heading, squeezed, holds all the words."""
        return all(re.search(word, heading) for word in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form: how its headings read (the first rule that fits counts), and which it must have."""

    rules: tuple[Rule, ...]
    required: tuple[Column, ...]
    least: int

    def columns_of(self, heading: str) -> tuple[Column, ...]:
        """Return what a column with this heading holds; nothing where no rule fits."""
        short = squeezed(heading)
        if not short or len(short) > _LONGEST_HEADING:
            return ()
        return next((rule.columns for rule in self.rules if rule.fits(short)), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The headings of a table: what each column of the sheet holds."""

    columns: Mapping[int, tuple[Column, ...]]
    findings: tuple[TableFinding, ...] = ()

    def column(self, wanted: Column) -> int:
        """Return where in the sheet something stands; 0 where it does not."""
        return next((at for at, held in self.columns.items() if wanted in held), 0)

    def place(self, grid: Grid, line: Line) -> RowPlace:
        """Return the place of a line under these headings."""
        held = {wanted: at for at, columns in self.columns.items() for wanted in columns}
        return RowPlace(grid.sheet, line.number, held)


def find_header(form: Form, grid: Grid, index: int) -> tuple[Header, int] | None:
    """
    Return the header that begins at a line of the grid, and how many lines it takes; or None.

    Below the headings may stand a second row that splits them, and a row of column numbers.
    """
    found = _headings(form, grid.lines[index])
    if len({column for held in found.values() for column in held}) < form.least:
        return None
    taken = 1
    columns = dict(found)
    while index + taken < len(grid.lines):
        line = grid.lines[index + taken]
        below = _headings(form, line) if line.number <= grid.lines[index].number + 3 else {}
        if _is_numbering(line):
            taken += 1
        elif below and len(below) == len(line.cells) and taken == 1:
            columns.update(below)
            _narrow(columns, below)
            taken += 1
        else:
            break
    heads = grid.lines[index : index + taken]
    return Header(columns=columns, findings=tuple(_findings(form, grid, heads, columns))), taken


def _headings(form: Form, line: Line) -> dict[int, tuple[Column, ...]]:
    if not all(isinstance(value, str) for value in line.cells.values()):
        return {}
    held = {at: form.columns_of(str(value)) for at, value in line.cells.items()}
    return {at: columns for at, columns in held.items() if columns}


def _narrow(
    columns: dict[int, tuple[Column, ...]], below: Mapping[int, tuple[Column, ...]]
) -> None:
    """Leave to a heading that was split only what no other heading below it holds."""
    split = {column: at for at, held in below.items() for column in held}
    for at, held in list(columns.items()):
        rest = tuple(column for column in held if split.get(column, at) == at)
        columns[at] = rest
        if not rest:
            del columns[at]


def _is_numbering(line: Line) -> bool:
    """Tell whether a line only counts the columns: 1 2 3, or (1) (2) (3)."""
    numbers = [squeezed(shown(line.cells[at])) for at in sorted(line.cells)]
    expected = [str(number) for number in range(1, len(numbers) + 1)]
    return len(numbers) >= _LEAST_NUMBERED and numbers == expected


def _findings(
    form: Form,
    grid: Grid,
    heads: tuple[Line, ...],
    columns: Mapping[int, tuple[Column, ...]],
) -> Iterator[TableFinding]:
    seen: set[Column] = set()
    for at in sorted(columns):
        for column in columns[at]:
            if column in seen:
                yield TableFinding(
                    code=Code.COLUMN_REPEATED, place=place_of(grid, heads[0], at), column=column
                )
            seen.add(column)
    for column in form.required:
        if column not in seen:
            yield TableFinding(
                code=Code.COLUMN_MISSING, place=place_of(grid, heads[0]), column=column
            )
    for at, value in sorted(heads[0].cells.items()):
        if at not in columns and not is_blank(value) and not form.columns_of(shown(value)):
            yield TableFinding(
                code=Code.COLUMN_UNKNOWN,
                place=place_of(grid, heads[0], at),
                value=shortened(shown(value)),
            )
