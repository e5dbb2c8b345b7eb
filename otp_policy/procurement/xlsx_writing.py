"""
Writes the forms as workbooks that an office prints: landscape A4, headings that stay, Thai dates.

Needs `openpyxl`. No text becomes a formula, whatever it begins with.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from otp_policy.procurement.days import thai_month
from otp_policy.procurement.records import BUDDHIST_ERA, AnnualPlan, Month, MonthlySummary
from otp_policy.procurement.tables import (
    NOTHING_PLANNED,
    NOTHING_TO_REPORT,
    PLAN_COLUMNS,
    SUMMARY_COLUMNS,
    TableColumn,
    Value,
    annual_plan_lines,
    monthly_summary_lines,
    plan_title,
)
from otp_policy.wording.thai import MONTHS

__all__ = ["annual_plan_xlsx", "monthly_summaries_xlsx", "table_xlsx", "tables_xlsx"]

FONT = "TH Sarabun New"
_AMOUNT = "#,##0.00"
# Thai month names and the Buddhist year, made by the spreadsheet of a true date.
_DAY = "[$-41E]d mmm bbbb"
_MONTH = "[$-41E]mmmm bbbb"
_LINE = Side(style="thin", color="808080")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD = PatternFill("solid", fgColor="E7EDF5")
_A4 = 9
_SHEET_NAME = 31
_NOT_IN_NAMES = dict.fromkeys(map(ord, "[]:*?/\\'"))


def monthly_summaries_xlsx(summaries: Iterable[MonthlySummary]) -> bytes:
    """
    Return a workbook with a sheet for each summary; `read_monthly_summaries` reads it back.

    Raises:
        ValueError: If there is no summary, or two are of the same month.
    """
    found = sorted(summaries, key=lambda summary: summary.month)
    if not found or len({summary.month for summary in found}) < len(found):
        raise ValueError("a workbook has one sheet for each month, and one at least")
    book = _book()
    for summary in found:
        sheet = book.create_sheet(thai_month(summary.month, short=True))
        above = [
            f"แบบสรุปผลการดำเนินการจัดซื้อจัดจ้างในรอบเดือน {thai_month(summary.month)}",
            *_agency(summary.agency),
            *([_reported(summary.reported_on)] if summary.reported_on else []),
        ]
        lines = monthly_summary_lines(summary)
        _fill(sheet, above, SUMMARY_COLUMNS, lines, NOTHING_TO_REPORT)
    return _saved(book)


def annual_plan_xlsx(plan: AnnualPlan) -> bytes:
    """Return a workbook with the plan; `read_annual_plan` reads it back."""
    book = _book()
    sheet = book.create_sheet(f"แผน {plan.fiscal_year}")
    above = [plan_title(plan), *_agency(plan.agency)]
    _fill(sheet, above, PLAN_COLUMNS, annual_plan_lines(plan), NOTHING_PLANNED)
    return _saved(book)


def table_xlsx(
    name: str, columns: Sequence[TableColumn], lines: Iterable[Sequence[Value]]
) -> bytes:
    """
    Return a workbook with one plain table: a heading that stays, and a row for each line.

    Written row by row, for tables of many thousand rows; it holds no styles but those of days.

    Args:
        name: Of the sheet; a workbook takes 31 characters of it.
        lines: The values of each row, as many as there are *columns*.
    """
    return tables_xlsx([(name, columns, lines)])


def tables_xlsx(
    tables: Iterable[tuple[str, Sequence[TableColumn], Iterable[Sequence[Value]]]],
) -> bytes:
    """
    Return a workbook with a sheet for each plain table, as `table_xlsx` writes one.

    Args:
        tables: Name, columns and lines of each. What a sheet's name may not hold is left out of it.
    """
    book = Workbook(write_only=True)
    for name, columns, lines in tables:
        sheet = book.create_sheet(name.translate(_NOT_IN_NAMES)[:_SHEET_NAME])
        for at, column in enumerate(columns, start=1):
            sheet.column_dimensions[get_column_letter(at)].width = column.width
        sheet.freeze_panes = "A2"
        sheet.append([_plain(sheet, column.heading, is_head=True) for column in columns])
        for line in lines:
            sheet.append([_plain(sheet, value) for value in line])
    return _saved(book)


def _plain(sheet: Any, value: Value, *, is_head: bool = False) -> Any:
    cell = WriteOnlyCell(sheet)
    _set(cell, value)
    if is_head:
        cell.font, cell.fill = Font(name=FONT, size=14, bold=True), _HEAD
    return cell


def _agency(name: str) -> list[str]:
    return [f"หน่วยงาน {name}"] if name else []


def _reported(day: date) -> str:
    return f"วันที่ {day.day} เดือน {MONTHS['th'][day.month - 1]} พ.ศ. {day.year + BUDDHIST_ERA}"


def _book() -> Workbook:
    book = Workbook()
    book.remove(book.active)
    return book


def _saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(
    sheet: Any,
    above: Sequence[str],
    columns: Sequence[TableColumn],
    lines: Iterable[Sequence[Value]],
    nothing: str,
) -> None:
    for number, text in enumerate(above, start=1):
        _put(sheet, number, 1, text, is_bold=True, is_boxed=False)
        sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=len(columns))
        sheet.cell(number, 1).alignment = Alignment(horizontal="center", vertical="center")
    top = len(above) + 1
    bottom = top + any(column.group for column in columns)
    _headings(sheet, columns, top, bottom)
    last = bottom
    for last, line in enumerate(lines, start=bottom + 1):
        for at, value in enumerate(line, start=1):
            _put(sheet, last, at, value)
    if last == bottom:
        last += 1
        _put(sheet, last, 1, nothing)
        sheet.merge_cells(start_row=last, end_row=last, start_column=1, end_column=len(columns))
    _page(sheet, columns, top=top, bottom=bottom, last=last)


def _headings(sheet: Any, columns: Sequence[TableColumn], top: int, bottom: int) -> None:
    start = 1
    for at, column in enumerate(columns, start=1):
        _put(sheet, top, at, column.group or column.heading, is_head=True)
        if bottom > top:
            _put(sheet, bottom, at, column.below if column.group else None, is_head=True)
        is_last_of_group = at == len(columns) or columns[at].group != column.group
        if not column.group and bottom > top:
            sheet.merge_cells(start_row=top, end_row=bottom, start_column=at, end_column=at)
        elif column.group and is_last_of_group:
            sheet.merge_cells(start_row=top, end_row=top, start_column=start, end_column=at)
        if is_last_of_group or not column.group:
            start = at + 1


def _put(
    sheet: Any,
    row: int,
    column: int,
    value: Value,
    *,
    is_bold: bool = False,
    is_head: bool = False,
    is_boxed: bool = True,
) -> None:
    cell = sheet.cell(row, column)
    cell.font = Font(name=FONT, size=14, bold=is_bold or is_head)
    cell.alignment = Alignment(
        wrap_text=True, vertical="center" if is_head else "top", horizontal=_side(value, is_head)
    )
    if is_boxed:
        cell.border = _BORDER
    if is_head:
        cell.fill = _HEAD
    _set(cell, value)


def _side(value: Value, is_head: bool) -> str | None:
    if is_head or isinstance(value, date | Month):
        return "center"
    return "right" if isinstance(value, Decimal) or value == "-" else None


def _set(cell: Any, value: Value) -> None:
    if isinstance(value, Decimal):
        cell.value, cell.number_format = value, _AMOUNT
    elif isinstance(value, Month):
        cell.value, cell.number_format = date(value.year, value.month, 1), _MONTH
    elif isinstance(value, date):
        cell.value, cell.number_format = value, _DAY
    elif isinstance(value, str):
        cell.value = value
        # INVARIANT: a text is a text, also one that begins with an equals sign, also after editing.
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in set("=+-@")
    else:
        cell.value = value


def _page(sheet: Any, columns: Sequence[TableColumn], *, top: int, bottom: int, last: int) -> None:
    for at, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = column.width
    sheet.freeze_panes = f"A{bottom + 1}"
    sheet.print_title_rows = f"{top}:{bottom}"
    sheet.print_area = f"A1:{get_column_letter(len(columns))}{last}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "หน้า &P / &N"
