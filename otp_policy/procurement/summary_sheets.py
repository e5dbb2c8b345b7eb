"""Reads the sheets of a monthly summary, one after the other, and sorts their rows by month."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from otp_policy.procurement.checks import Placed
from otp_policy.procurement.days import read_month
from otp_policy.procurement.findings import CellError, Code, Column, Place, TableFinding
from otp_policy.procurement.grid import Grid, Line, is_blank, place_of, shown
from otp_policy.procurement.headings import Form, Header
from otp_policy.procurement.records import Month
from otp_policy.procurement.summary_rows import summary_row
from otp_policy.procurement.titles import Kind, agency_in, day_in, month_in
from otp_policy.procurement.walk import Remark, Row, walk

__all__ = ["MonthRead", "SheetReader"]

# What an entry says once, however many lines its bidders take.
_ONCE = (
    Column.MONTH,
    Column.PROJECT_NUMBER,
    Column.WORK,
    Column.BUDGET,
    Column.REFERENCE_PRICE,
    Column.METHOD,
    Column.REASON,
)
_LEAST_OF_AN_ENTRY = 3
_CELLS_OF_A_TABLE = 5


@dataclass(slots=True)
class MonthRead:
    """What a file says of one month."""

    sheet: str
    agency: str = ""
    reported_on: date | None = None
    nothing: Place | None = None
    rows: list[Placed] = field(default_factory=list)


@dataclass(slots=True)
class _Situation:
    """What the lines above the table say, in force until a title says otherwise."""

    month: Month | None
    agency: str = ""
    reported_on: date | None = None
    awaits_agency: bool = False


class SheetReader:
    """
    Reads one sheet into *months*; what is wrong goes to *findings*.

    `month` is in force until the sheet, a title or a column names another one.
    """

    def __init__(
        self,
        grid: Grid,
        *,
        month: Month | None,
        months: dict[Month | None, MonthRead],
        findings: list[TableFinding],
    ) -> None:
        self.grid = grid
        self.months = months
        self.findings = findings
        self.now = _Situation(_month_named(grid.sheet) or month)
        self.open: list[Row] = []
        self.has_header = False
        self.said_something = False
        self.months_told: set[int] = set()

    def read(self, form: Form) -> bool:
        """Read the sheet; return whether it is one of the form."""
        for part in walk(form, self.grid, self.findings):
            if isinstance(part, Remark):
                self._remark(part)
            else:
                self._row(part)
        self._close()
        return self._judge()

    def _remark(self, remark: Remark) -> None:
        if remark.kind is Kind.HEADINGS:
            # A page may break between the bidders of an entry: it stays open.
            self.has_header = True
            return
        self._close()
        if remark.kind is Kind.TITLE:
            self._title(remark.text)
        elif remark.kind is Kind.AGENCY or (remark.kind is None and self.now.awaits_agency):
            self.now.agency = agency_in(remark.text)
            self.now.awaits_agency = False
        elif remark.kind is Kind.DAY:
            self.now.reported_on = day_in(remark.text)
        elif remark.kind is Kind.NOTHING:
            self._nothing(remark)

    def _title(self, text: str) -> None:
        # A title whose month cannot be read leaves none: the rows below are not of the month above.
        month = month_in(text) if "เดือน" in text else self.now.month
        if month != self.now.month:
            self.now = _Situation(month)
        self.now.awaits_agency = not self.now.agency

    def _nothing(self, remark: Remark) -> None:
        place = place_of(self.grid, remark.line)
        self.said_something = True
        read = self._month_read(self._month(remark.header, remark.line), place)
        read.nothing = place
        self._fill(read, remark.header, remark.line)

    def _row(self, row: Row) -> None:
        self.now.awaits_agency = False
        if self.open and _goes_on(self.open[0], row):
            self.open.append(row)
            return
        self._close()
        self.said_something = True
        if _is_fragment(row):
            self.findings.append(
                TableFinding(code=Code.ROW_UNCLEAR, place=place_of(self.grid, row.line))
            )
            return
        self.open = [row]

    def _close(self) -> None:
        """Read the entry that is open, if there is one, as a whole."""
        lines, self.open = self.open, []
        if lines:
            first = lines[0]
            month = self._month(first.header, first.line)
            read = self._month_read(month, place_of(self.grid, first.line))
            self._fill(read, first.header, first.line)
            read.rows.append(summary_row(lines, self.findings))

    def _month(self, header: Header | None, line: Line) -> Month | None:
        """Return the month of a line: its own column's, or that in force."""
        at = header.column(Column.MONTH) if header else 0
        value = line.cells.get(at)
        code = Code.MONTH_MISSING
        month = self.now.month
        if not is_blank(value):
            try:
                month = read_month(value)
            except CellError as error:
                code, month = error.code, None
        # A month that is missing is missing on every line: it is said once for each table.
        told = (at and line.number) or 0
        if month is None and told not in self.months_told:
            self.months_told.add(told)
            self.findings.append(
                TableFinding(
                    code=code,
                    place=place_of(self.grid, line, at),
                    column=Column.MONTH,
                    value=shown(value),
                )
            )
        return month

    def _month_read(self, month: Month | None, place: Place) -> MonthRead:
        read = self.months.setdefault(month, MonthRead(self.grid.sheet))
        if read.sheet != self.grid.sheet and month is not None:
            self.findings.append(
                TableFinding(
                    code=Code.MONTH_REPEATED, place=place, value=str(month), expected=read.sheet
                )
            )
        read.sheet = self.grid.sheet
        return read

    def _fill(self, read: MonthRead, header: Header | None, line: Line) -> None:
        own = line.cells.get(header.column(Column.AGENCY)) if header else None
        read.agency = read.agency or (agency_in(shown(own)) if own else self.now.agency)
        read.reported_on = read.reported_on or self.now.reported_on

    def _judge(self) -> bool:
        """Note what is wrong with the sheet as a whole; return whether it is one of the form."""
        whole = Place(self.grid.sheet)
        if not self.has_header and not self.said_something:
            if any(len(line.cells) >= _CELLS_OF_A_TABLE for line in self.grid.lines):
                self.findings.append(TableFinding(code=Code.TABLE_MISSING, place=whole))
                return True
            if self.grid.lines:
                self.findings.append(TableFinding(code=Code.SHEET_WITHOUT_TABLE, place=whole))
            return False
        if not self.said_something:
            self.findings.append(TableFinding(code=Code.ROWS_MISSING, place=whole))
        for read in self.months.values():
            if read.nothing and read.rows and read.sheet == self.grid.sheet:
                self.findings.append(TableFinding(code=Code.NOTHING_BUT_ROWS, place=read.nothing))
        return True


def _month_named(sheet: str) -> Month | None:
    try:
        return read_month(sheet)
    except CellError:
        return None


def _goes_on(first: Row, row: Row) -> bool:
    """Tell whether a line adds bidders or contracts to the entry that began with *first*."""
    sequence = row.own_value(Column.SEQUENCE)
    if not is_blank(sequence) and shown(sequence) != shown(first.value(Column.SEQUENCE)):
        return False
    return all(
        is_blank(row.own_value(column)) or row.own_value(column) == first.value(column)
        for column in _ONCE
    )


def _is_fragment(row: Row) -> bool:
    """Tell whether a line has no number, and too little to be an entry that lacks one."""
    filled = sum(not is_blank(row.own_value(column)) for column in _ONCE[1:])
    return is_blank(row.value(Column.SEQUENCE)) and filled < _LEAST_OF_AN_ENTRY
