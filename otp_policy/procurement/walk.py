"""Goes through a sheet line by line: what is a row of the form, and what is said around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from otp_policy.procurement.findings import CellError, Code, Column, RowPlace, TableFinding
from otp_policy.procurement.grid import CellValue, Grid, Line, shown, text_of
from otp_policy.procurement.headings import Form, Header, find_header
from otp_policy.procurement.texts import plain_digits
from otp_policy.procurement.titles import Kind, kind_of

__all__ = ["Remark", "Row", "read_sequence", "walk"]

_SEQUENCE = re.compile(r"\(?(\d{1,6})[.)]?")
# A line with text in one of these goes on with the row above it.
_CONTINUING = frozenset(
    {
        Column.BIDDER,
        Column.OFFERED_PRICE,
        Column.SELECTED,
        Column.AGREED_PRICE,
        Column.CONTRACT_NUMBER,
        Column.CONTRACT_DATE,
    }
)


@dataclass(frozen=True, slots=True)
class Remark:
    """A line that is no row of the table; its kind is None above a table, where anything goes."""

    line: Line
    kind: Kind | None
    text: str
    header: Header | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table under its headings."""

    line: Line
    header: Header
    place: RowPlace

    def value(self, column: Column) -> CellValue:
        """Return what stands in a column; None where the table has no such column."""
        return self.line.cells.get(self.header.column(column))

    def own_value(self, column: Column) -> CellValue:
        """Return what stands in a column of this very line, not in a cell merged from above."""
        at = self.header.column(column)
        return None if at in self.line.merged else self.line.cells.get(at)


def walk(form: Form, grid: Grid, findings: list[TableFinding]) -> Iterator[Remark | Row]:
    """Yield the lines of a sheet; what is wrong with its headings goes to *findings*."""
    header: Header | None = None
    is_after_title = False
    index = 0
    while index < len(grid.lines):
        line = grid.lines[index]
        found = find_header(form, grid, index)
        if found:
            if header is None or found[0].columns != header.columns:
                findings.extend(found[0].findings)
            header, taken = found
            yield Remark(line, Kind.HEADINGS, "", header)
            index += taken
            continue
        index += 1
        if header is None:
            yield Remark(line, kind_of(_joined(line)), _joined(line))
        elif (kind := _kind(line, header)) is not None:
            is_after_title = kind is Kind.TITLE
            yield Remark(line, kind, _joined(line), header)
        elif is_after_title and _stands_alone(line, header):
            yield Remark(line, None, _joined(line), header)
        else:
            is_after_title = False
            yield Row(line, header, header.place(grid, line))


def read_sequence(value: CellValue) -> int:
    """
    Return a number of a row.

    Raises:
        CellError: If it is not a whole number.

    >>> read_sequence("๑๒.")
    12
    """
    found = _SEQUENCE.fullmatch(plain_digits(text_of(value)))
    if not found:
        raise CellError(Code.SEQUENCE_UNCLEAR)
    return int(found[1])


def _kind(line: Line, header: Header) -> Kind | None:
    if _is_numbered(line.cells.get(header.column(Column.SEQUENCE))):
        return None
    if any(kind_of(shown(value)) is Kind.NOTHING for value in line.cells.values()):
        return Kind.NOTHING
    kind = kind_of(_joined(line))
    if kind in (None, Kind.SUM):
        return kind
    return kind if _stands_alone(line, header) else None


def _stands_alone(line: Line, header: Header) -> bool:
    """Tell whether a line says one thing only, and where no entry goes on."""
    if _is_numbered(line.cells.get(header.column(Column.SEQUENCE))):
        return False
    texts = {shown(value) for value in line.cells.values()}
    held = {column for at in line.cells for column in header.columns.get(at, ())}
    return len(texts) == 1 and not held & _CONTINUING


def _is_numbered(value: CellValue) -> bool:
    try:
        read_sequence(value)
    except CellError:
        return False
    return True


def _joined(line: Line) -> str:
    texts = dict.fromkeys(shown(line.cells[at]) for at in sorted(line.cells))
    return " ".join(texts)
