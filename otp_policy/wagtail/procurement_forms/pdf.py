"""
The forms as PDF: landscape A4, headings on each page, tagged for readers that speak.

Needs `typst` and a face with Thai letters. What the form says goes in as data and never as markup.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from otp_policy.procurement.days import thai_month
from otp_policy.procurement.records import BUDDHIST_ERA, AnnualPlan, Month, MonthlySummary
from otp_policy.procurement.tables import (
    NOTHING_PLANNED,
    NOTHING_TO_REPORT,
    PLAN_COLUMNS,
    SUMMARY_COLUMNS,
    TableColumn,
    annual_plan_lines,
    monthly_summary_lines,
    plan_title,
)
from otp_policy.wagtail.typeset import typeset
from otp_policy.wording.thai import MONTHS

_LAYOUT = Path(__file__).with_name("form.typ")
_TITLE = "แบบสรุปผลการดำเนินการจัดซื้อจัดจ้างในรอบเดือน"


def pdf_of(record: MonthlySummary | AnnualPlan) -> bytes:
    """
    Return a form as a PDF file, the same bytes for the same form.

    Raises:
        RuntimeError: If no face is set.
    """
    said = _plan(record) if isinstance(record, AnnualPlan) else _summary(record)
    return typeset(_LAYOUT, "form", said)


def _summary(record: MonthlySummary) -> dict[str, Any]:
    lines = [[_text(value) for value in line] for line in monthly_summary_lines(record)]
    return {
        "title": f"{_TITLE} {thai_month(record.month)}",
        "above": [
            *([f"หน่วยงาน {record.agency}"] if record.agency else []),
            *([f"วันที่ {_day(record.reported_on)}"] if record.reported_on else []),
        ],
        "columns": _columns(SUMMARY_COLUMNS),
        "lines": lines,
        "nothing": NOTHING_TO_REPORT if record.nothing_to_report else "",
    }


def _plan(record: AnnualPlan) -> dict[str, Any]:
    return {
        "title": plan_title(record),
        "above": [f"หน่วยงาน {record.agency}"] if record.agency else [],
        "columns": _columns(PLAN_COLUMNS),
        "lines": [[_text(value) for value in line] for line in annual_plan_lines(record)],
        "nothing": NOTHING_PLANNED if record.nothing_planned else "",
    }


def _columns(columns: tuple[TableColumn, ...]) -> list[dict[str, Any]]:
    return [
        {
            "heading": column.heading,
            "width": column.width,
            "is_amount": "(บาท)" in column.heading,
        }
        for column in columns
    ]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    if isinstance(value, Month):
        return thai_month(value)
    return _day(value) if isinstance(value, date) else str(value)


def _day(day: date) -> str:
    return f"{day.day} {MONTHS['th'][day.month - 1]} {day.year + BUDDHIST_ERA}"
