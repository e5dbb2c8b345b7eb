"""
The table that an editor fills in: cells of text, read by the same library as a workbook.

What is typed and what is imported is thus judged by the same rules, with the same sentences.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from otp_policy.procurement.annual_plan import read_annual_plan
from otp_policy.procurement.days import thai_month
from otp_policy.procurement.findings import Column
from otp_policy.procurement.grid import Grid, Line, Reading
from otp_policy.procurement.monthly_summary import read_monthly_summaries
from otp_policy.procurement.records import (
    BUDDHIST_ERA,
    AnnualPlan,
    Month,
    MonthlySummary,
    PlanEntry,
    SummaryRow,
)

from .conf import methods_in_use

Cells = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class TypedColumn:
    """
    A column of the table: the heading that the library knows, and what the editor is told.

    `lines`: a cell may hold several lines. `dash`: an empty cell says that there is none.
    `beside`: what no form has, and is kept beside the row.
    """

    column: Column
    heading: str
    label: str | Promise
    lines: bool = False
    dash: bool = False
    beside: bool = False


SUMMARY = (
    TypedColumn(Column.WORK, "งานที่จัดซื้อหรือจัดจ้าง", _("work bought or hired"), lines=True),
    TypedColumn(Column.BUDGET, "วงเงินที่จะซื้อหรือจ้าง", _("budget (baht)")),
    TypedColumn(Column.REFERENCE_PRICE, "ราคากลาง", _("reference price (baht)"), dash=True),
    TypedColumn(Column.METHOD, "วิธีซื้อหรือจ้าง", _("method")),
    TypedColumn(Column.BIDDER, "รายชื่อผู้เสนอราคา", _("bidders, one on each line"), lines=True),
    TypedColumn(Column.OFFERED_PRICE, "ราคาที่เสนอ", _("their prices"), lines=True),
    TypedColumn(Column.SELECTED, "ผู้ได้รับการคัดเลือก", _("selected"), lines=True),
    TypedColumn(Column.AGREED_PRICE, "ราคาที่ตกลงซื้อหรือจ้าง", _("prices agreed"), lines=True),
    TypedColumn(Column.REASON, "เหตุผลที่คัดเลือกโดยสรุป", _("reason for the selection"), lines=True),
    TypedColumn(
        Column.CONTRACT_NUMBER, "เลขที่ของสัญญา", _("contract numbers"), lines=True, dash=True
    ),
    TypedColumn(
        Column.CONTRACT_DATE, "วันที่ของสัญญา", _("days of the contracts"), lines=True, dash=True
    ),
    TypedColumn(Column.PROJECT_NUMBER, "เลขที่โครงการ", _("project number")),
    TypedColumn(Column.PLAN_CODE, "", _("plan code"), beside=True),
)
PLAN = (
    TypedColumn(Column.PLAN_CODE, "รหัสแผนจัดซื้อจัดจ้าง", _("plan code"), dash=True),
    TypedColumn(Column.PROJECT, "ชื่อโครงการ", _("project"), lines=True),
    TypedColumn(Column.BUDGET, "งบประมาณโครงการ", _("budget (baht)")),
    TypedColumn(Column.EXPECTED, "คาดว่าจะประกาศจัดซื้อจัดจ้าง", _("expected (month year)")),
)


def filled(table: Cells) -> list[list[str]]:
    """Return the rows of a table that say something."""
    return [list(row) for row in table if any(cell.strip() for cell in row)]


def read_summary_table(table: Cells, *, month: Month) -> Reading[MonthlySummary]:
    """Return what the rows say, or what is wrong in which; the place counts the rows from 1."""
    return read_monthly_summaries([_grid(SUMMARY, table)], month=month, methods=methods_in_use())


def read_plan_table(table: Cells, *, fiscal_year: int) -> Reading[AnnualPlan]:
    """Return what the rows say, or what is wrong in which; the place counts the rows from 1."""
    return read_annual_plan([_grid(PLAN, table)], fiscal_year=fiscal_year)


def _grid(columns: Iterable[TypedColumn], table: Cells) -> Grid:
    used = [(at, column) for at, column in enumerate(columns) if not column.beside]
    headings = {at + 2: column.heading for at, column in used}
    lines = [Line(0, {1: "ลำดับที่", **headings})]
    for number, row in enumerate(table, start=1):
        cells = {1: str(number), **{at + 2: _cell(row, at, column) for at, column in used}}
        lines.append(Line(number, {at: text for at, text in cells.items() if text}))
    return Grid("", tuple(lines))


def _cell(row: Sequence[str], at: int, column: TypedColumn) -> str:
    text = row[at].strip() if at < len(row) else ""
    return text or ("-" if column.dash else "")


def cells_of_summary_row(row: SummaryRow, plan_code: str = "") -> list[str]:
    """Return a row as an editor would type it."""
    return [
        row.work,
        _amount(row.budget),
        "" if row.reference_price is None else _amount(row.reference_price),
        row.method,
        "\n".join(one.name for one in row.bidders),
        "\n".join(_amount(one.price) for one in row.bidders),
        "\n".join(one.name for one in row.selected),
        "\n".join(_amount(one.price) for one in row.selected),
        row.reason,
        "\n".join(one.number for one in row.contracts),
        "\n".join(
            f"{one.signed_on.day}/{one.signed_on.month}/{one.signed_on.year + BUDDHIST_ERA}"
            for one in row.contracts
        ),
        row.project_number,
        plan_code,
    ]


def cells_of_plan_entry(entry: PlanEntry) -> list[str]:
    """Return an entry of a plan as an editor would type it."""
    return [entry.code, entry.project, _amount(entry.budget), thai_month(entry.expected)]


def _amount(amount: object) -> str:
    return "-" if amount is None else f"{amount:,.2f}"
