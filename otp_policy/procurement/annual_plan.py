"""Reads the annual procurement plan: code, project, budget and the month it is to be announced."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from otp_policy.procurement.amounts import read_amount
from otp_policy.procurement.cells import Cells
from otp_policy.procurement.checks import PlacedEntry, check_plan_entries
from otp_policy.procurement.days import read_month
from otp_policy.procurement.findings import Code, Column, Place, TableFinding, has_errors
from otp_policy.procurement.grid import Grid, Reading, text_of
from otp_policy.procurement.headings import Form, Rule
from otp_policy.procurement.records import AnnualPlan, Month, PlanEntry
from otp_policy.procurement.titles import Kind, agency_in, fiscal_year_in
from otp_policy.procurement.walk import Remark, Row, read_sequence, walk

__all__ = ["FORM", "read_annual_plan"]

FORM = Form(
    rules=(
        Rule((Column.PLAN_CODE,), ("^รหัสแผน",)),
        Rule((Column.EXPECTED,), ("^(?:เดือนปีที่)?คาดว่าจะ|^เดือนปี",)),
        Rule((Column.PROJECT,), ("^ชื่อโครงการ|^โครงการ|^รายการ",)),
        Rule((Column.BUDGET,), ("^งบประมาณ|^วงเงิน",)),
        Rule((Column.SEQUENCE,), ("^ลำดับ|^ที่$",)),
        Rule((Column.AGENCY,), ("^(?:ชื่อ)?หน่วยงาน$",)),
    ),
    required=(
        Column.SEQUENCE,
        Column.PLAN_CODE,
        Column.PROJECT,
        Column.BUDGET,
        Column.EXPECTED,
    ),
    least=4,
)
_NO_MONTH = Month(1, 1)
_CELLS_OF_A_TABLE = 4


def read_annual_plan(
    grids: Iterable[Grid],
    *,
    fiscal_year: int | None = None,
    agency: str = "",
    findings: Sequence[TableFinding] = (),
) -> Reading[AnnualPlan]:
    """
    Return the one plan of a file, or everything that is wrong.

    Args:
        grids: The sheets of the file, as `csv_files` and `xlsx_files` read them.
        fiscal_year: The fiscal year (Buddhist era), for a file whose title does not name it.
        agency: The agency, for a file that does not name it.
        findings: What reading the file itself found.
    """
    read = _PlanRead(fiscal_year, agency, [*findings])
    has_table = [read.sheet(grid) for grid in grids]
    if not any(has_table) and not has_errors(read.findings):
        read.tell(Code.TABLE_MISSING, Place())
    elif not read.entries and not read.says_nothing and not has_errors(read.findings):
        read.tell(Code.ROWS_MISSING, Place())
    if read.says_nothing and read.entries:
        read.tell(Code.NOTHING_BUT_ROWS, read.says_nothing)
    if read.fiscal_year is None and any(has_table):
        read.tell(Code.FISCAL_YEAR_MISSING, Place())
    read.findings.extend(check_plan_entries(read.entries, fiscal_year=read.fiscal_year))
    found = tuple(sorted(read.findings, key=lambda one: (one.is_warning, one.place, one.code)))
    if has_errors(found) or read.fiscal_year is None:
        return Reading(findings=found)
    plan = AnnualPlan(
        fiscal_year=read.fiscal_year,
        agency=read.agency,
        entries=tuple(placed.entry for placed in read.entries),
        nothing_planned=not read.entries,
    )
    return Reading(records=(plan,), findings=found)


@dataclass(slots=True)
class _PlanRead:
    """What a file says so far."""

    fiscal_year: int | None
    agency: str
    findings: list[TableFinding]
    entries: list[PlacedEntry] = field(default_factory=list)
    says_nothing: Place | None = None
    awaits_agency: bool = False

    def tell(self, code: Code, place: Place) -> None:
        self.findings.append(TableFinding(code=code, place=place))

    def sheet(self, grid: Grid) -> bool:
        """Read a sheet; return whether it is one of the form."""
        parts = list(walk(FORM, grid, self.findings))
        self.awaits_agency = False
        for part in parts:
            if isinstance(part, Row):
                self._row(part)
            else:
                self._remark(part, grid)
        of_the_form = any(
            isinstance(part, Row) or part.header is not None or part.kind is Kind.NOTHING
            for part in parts
        )
        if of_the_form or not parts:
            return of_the_form
        if any(len(line.cells) >= _CELLS_OF_A_TABLE for line in grid.lines):
            self.tell(Code.TABLE_MISSING, Place(grid.sheet))
            return True
        self.tell(Code.SHEET_WITHOUT_TABLE, Place(grid.sheet))
        return False

    def _remark(self, remark: Remark, grid: Grid) -> None:
        year = fiscal_year_in(remark.text)
        if year is not None:
            self.fiscal_year = year
        if remark.kind is Kind.NOTHING:
            self.says_nothing = Place(grid.sheet, remark.line.number)
        elif remark.kind is Kind.TITLE:
            self.awaits_agency = True
        elif remark.kind is Kind.AGENCY or (remark.kind is None and self.awaits_agency):
            self.agency = agency_in(remark.text)
            self.awaits_agency = False

    def _row(self, row: Row) -> None:
        self.awaits_agency = False
        cells = Cells(row, self.findings)
        entry = PlanEntry(
            sequence=cells.needed(Column.SEQUENCE, read_sequence, 0),
            # A project below the threshold of the e-GP has no code, and a dash says so.
            code=cells.unless_none(Column.PLAN_CODE, text_of) or "",
            project=cells.text(Column.PROJECT),
            budget=cells.needed(Column.BUDGET, read_amount, Decimal(0)),
            expected=cells.needed(Column.EXPECTED, read_month, _NO_MONTH),
        )
        cells.refuse_identity_numbers()
        self.entries.append(PlacedEntry(entry, row.place, frozenset(cells.unread)))
