"""
Reads the monthly summary of procurement (สขร.1): the nine columns, several bidders in a row.

A file may hold one month or many: a sheet for each, several tables under one another in a sheet,
or a column that names the month.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from otp_policy.procurement.checks import check_rows
from otp_policy.procurement.findings import Code, Column, Place, TableFinding, has_errors
from otp_policy.procurement.grid import Grid, Reading
from otp_policy.procurement.headings import Form, Rule
from otp_policy.procurement.methods import Methods, shipped_methods
from otp_policy.procurement.records import Month, MonthlySummary
from otp_policy.procurement.summary_sheets import MonthRead, SheetReader

__all__ = ["FORM", "read_monthly_summaries"]

_PICKED = "ผู้(?:ที่)?(?:ได้รับ(?:การ)?คัดเลือก|ชนะ)"
_BIDS = "ผู้(?:เข้า)?(?:เสนอราคา|ยื่นข้อเสนอ|ยื่นเสนอราคา)"

FORM = Form(
    rules=(
        Rule((Column.BIDDER, Column.OFFERED_PRICE), (_BIDS, "และราคา|ราคาที่?เสนอ")),
        Rule((Column.OFFERED_PRICE,), ("^ราคาที่?เสนอ",)),
        Rule((Column.BIDDER,), (_BIDS,)),
        Rule((Column.SELECTED, Column.AGREED_PRICE), (_PICKED, "และราคา|ราคาที่?ตกลง")),
        Rule((Column.AGREED_PRICE,), ("^(?:และ)?ราคาที่?ตกลง",)),
        Rule((Column.SELECTED,), (_PICKED,)),
        Rule((Column.REASON,), ("^เหตุผล",)),
        Rule((Column.PROJECT_NUMBER,), ("^เลขที่โครงการ|^รหัสโครงการ",)),
        Rule((Column.CONTRACT_NUMBER, Column.CONTRACT_DATE), ("เลขที่", "วันที่")),
        Rule((Column.CONTRACT_NUMBER,), ("^เลขที่",)),
        Rule((Column.CONTRACT_DATE,), ("^(?:ลง)?วันที่",)),
        Rule((Column.REFERENCE_PRICE,), ("^ราคากลาง",)),
        Rule((Column.BUDGET,), ("^วงเงิน|^งบประมาณ",)),
        Rule((Column.METHOD,), ("^วิธี",)),
        Rule((Column.WORK,), ("^งานที่|^งานจัด|^งานซื้อ|^รายการ|^ชื่อโครงการ",)),
        Rule((Column.SEQUENCE,), ("^ลำดับ|^ที่$",)),
        Rule((Column.MONTH,), ("^(?:ประจำ)?เดือน",)),
        Rule((Column.AGENCY,), ("^(?:ชื่อ)?หน่วยงาน$",)),
    ),
    required=(
        Column.SEQUENCE,
        Column.WORK,
        Column.BUDGET,
        Column.REFERENCE_PRICE,
        Column.METHOD,
        Column.BIDDER,
        Column.OFFERED_PRICE,
        Column.SELECTED,
        Column.AGREED_PRICE,
        Column.REASON,
        Column.CONTRACT_NUMBER,
        Column.CONTRACT_DATE,
    ),
    least=5,
)


def read_monthly_summaries(
    grids: Iterable[Grid],
    *,
    month: Month | None = None,
    agency: str = "",
    methods: Methods | None = None,
    findings: Sequence[TableFinding] = (),
) -> Reading[MonthlySummary]:
    """
    Return the summaries of a file in the order of their months, or everything that is wrong.

    Args:
        grids: The sheets of the file, as `csv_files` and `xlsx_files` read them.
        month: The month, for a file that does not name it.
        agency: The agency, for a file that does not name it.
        methods: The ways of buying that the agency knows; those of the library by default.
        findings: What reading the file itself found.
    """
    told = [*findings]
    months: dict[Month | None, MonthRead] = {}
    readers = [SheetReader(grid, month=month, months=months, findings=told) for grid in grids]
    # Every sheet is read, whatever the first one says.
    if not any([reader.read(FORM) for reader in readers]) and not has_errors(told):
        told.append(TableFinding(code=Code.TABLE_MISSING, place=Place()))
    rows = {each: read.rows for each, read in months.items()}
    told.extend(check_rows(rows, methods=methods or shipped_methods()))
    found = tuple(sorted(told, key=lambda one: (one.is_warning, one.place, one.code)))
    if has_errors(found):
        return Reading(findings=found)
    return Reading(records=tuple(_summaries(months, agency)), findings=found)


def _summaries(months: dict[Month | None, MonthRead], agency: str) -> Iterator[MonthlySummary]:
    for month in sorted(filter(None, months)):
        read = months[month]
        yield MonthlySummary(
            month=month,
            agency=read.agency or agency,
            reported_on=read.reported_on,
            rows=tuple(placed.row for placed in read.rows),
            nothing_to_report=not read.rows,
        )
