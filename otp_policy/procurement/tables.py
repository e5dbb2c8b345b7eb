"""The forms as tables to write: the headings of the official form, and a line for each bidder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import zip_longest

from otp_policy.procurement.csv_files import written_csv
from otp_policy.procurement.records import AnnualPlan, Month, MonthlySummary, SummaryRow

__all__ = [
    "NOTHING_PLANNED",
    "NOTHING_TO_REPORT",
    "PLAN_COLUMNS",
    "SUMMARY_COLUMNS",
    "TableColumn",
    "Value",
    "annual_plan_csv",
    "annual_plan_lines",
    "monthly_summaries_csv",
    "monthly_summary_lines",
]

Value = str | int | Decimal | date | Month | None

NOTHING_TO_REPORT = "ไม่มีการจัดซื้อจัดจ้างในเดือนนี้"
NOTHING_PLANNED = "ไม่มีแผนการจัดซื้อจัดจ้างในปีงบประมาณนี้"


@dataclass(frozen=True, slots=True)
class TableColumn:
    """
    A column to write: its heading, alone and below that of its group, and how wide it is.

    Columns with the same `group` are one column of the official form.
    """

    heading: str
    group: str = ""
    below: str = ""
    width: int = 14


_BIDDERS = "รายชื่อผู้เสนอราคาและราคาที่เสนอ"
_SELECTED = "ผู้ได้รับการคัดเลือกและราคาที่ตกลงซื้อหรือจ้าง"
_CONTRACTS = "เลขที่และวันที่ของสัญญาหรือข้อตกลงในการซื้อหรือจ้าง"

SUMMARY_COLUMNS = (
    TableColumn("ลำดับที่", width=8),
    TableColumn("งานที่จัดซื้อหรือจัดจ้าง", width=36),
    TableColumn("วงเงินที่จะซื้อหรือจ้าง (บาท)"),
    TableColumn("ราคากลาง (บาท)"),
    TableColumn("วิธีซื้อหรือจ้าง", width=18),
    TableColumn("รายชื่อผู้เสนอราคา", _BIDDERS, "ผู้เสนอราคา", 28),
    TableColumn("ราคาที่เสนอ (บาท)", _BIDDERS, "ราคาที่เสนอ (บาท)"),
    TableColumn("ผู้ได้รับการคัดเลือก", _SELECTED, "ผู้ได้รับการคัดเลือก", 28),
    TableColumn("ราคาที่ตกลงซื้อหรือจ้าง (บาท)", _SELECTED, "ราคาที่ตกลงซื้อหรือจ้าง (บาท)"),
    TableColumn("เหตุผลที่คัดเลือกโดยสรุป", width=24),
    TableColumn("เลขที่ของสัญญาหรือข้อตกลง", _CONTRACTS, "เลขที่", 18),
    TableColumn("วันที่ของสัญญาหรือข้อตกลง", _CONTRACTS, "วันที่", 16),
    TableColumn("เลขที่โครงการ", width=14),
)
"""The nine columns of the form สขร.1, three of them in two parts, and the project number."""

PLAN_COLUMNS = (
    TableColumn("ลำดับ", width=8),
    TableColumn("รหัสแผนจัดซื้อจัดจ้าง", width=20),
    TableColumn("ชื่อโครงการ", width=60),
    TableColumn("งบประมาณโครงการ (บาท)", width=18),
    TableColumn("คาดว่าจะประกาศจัดซื้อจัดจ้าง (เดือน/ปี)", width=18),
)


def monthly_summary_lines(summary: MonthlySummary) -> Iterator[tuple[Value, ...]]:
    """Yield the lines of a summary: the first of a row in full, then its further bidders."""
    for row in summary.rows:
        yield from _row_lines(row)


def _row_lines(row: SummaryRow) -> Iterator[tuple[Value, ...]]:
    several = zip_longest(row.bidders, row.selected, row.contracts)
    for index, (bidder, selected, contract) in enumerate(several):
        first = index == 0
        yield (
            row.sequence if first else None,
            row.work if first else None,
            row.budget if first else None,
            (_or_dash(row.reference_price)) if first else None,
            row.method if first else None,
            bidder.name if bidder else None,
            _or_dash(bidder.price) if bidder else None,
            selected.name if selected else None,
            _or_dash(selected.price) if selected else None,
            row.reason if first else None,
            contract.number if contract else ("-" if first else None),
            contract.signed_on if contract else ("-" if first else None),
            row.project_number if first else None,
        )


def annual_plan_lines(plan: AnnualPlan) -> Iterator[tuple[Value, ...]]:
    """Yield a line for each entry of a plan."""
    for entry in plan.entries:
        yield entry.sequence, entry.code or "-", entry.project, entry.budget, entry.expected


def monthly_summaries_csv(summaries: Iterable[MonthlySummary]) -> bytes:
    """
    Return summaries as one CSV file: month and agency in columns of their own, days as ISO 8601.

    A further bidder's line repeats month, agency and number, so that the lines of a row can be
    told, and no amount, so that sums are right. `read_monthly_summaries` reads it back.
    """
    headings = ["เดือน", "หน่วยงาน", *(column.heading for column in SUMMARY_COLUMNS)]
    rows = [headings]
    for summary in summaries:
        head = [str(summary.month), summary.agency]
        sequence: Value = None
        for line in monthly_summary_lines(summary):
            sequence = line[0] if line[0] is not None else sequence
            rows.append([*head, *(_text(value) for value in (sequence, *line[1:]))])
        if summary.nothing_to_report:
            empty = [""] * len(SUMMARY_COLUMNS)
            rows.append([*head, "", NOTHING_TO_REPORT, *empty[2:]])
    return written_csv(rows)


def annual_plan_csv(plan: AnnualPlan) -> bytes:
    """Return a plan as a CSV file below its title, which names year and agency."""
    rows = [[plan_title(plan)], *([[f"หน่วยงาน {plan.agency}"]] if plan.agency else [])]
    rows.append([column.heading for column in PLAN_COLUMNS])
    rows.extend([_text(value) for value in line] for line in annual_plan_lines(plan))
    if plan.nothing_planned:
        rows.append([NOTHING_PLANNED])
    return written_csv(rows)


def plan_title(plan: AnnualPlan) -> str:
    """Return what stands above a plan."""
    return f"แผนการจัดซื้อจัดจ้าง ประจำปีงบประมาณ พ.ศ. {plan.fiscal_year}"


def _or_dash(amount: Decimal | None) -> Value:
    return "-" if amount is None else amount


def _text(value: Value) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
