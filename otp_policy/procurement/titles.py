"""What the lines of a form say that are no rows: title, agency, day, sums and remarks."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from otp_policy.procurement.days import read_day, read_month
from otp_policy.procurement.findings import CellError
from otp_policy.procurement.records import Month
from otp_policy.procurement.texts import plain

__all__ = ["Kind", "agency_in", "day_in", "fiscal_year_in", "kind_of", "month_in"]


class Kind(StrEnum):
    """What a line is, if it is no row of the table; `headings` are never told by their words."""

    HEADINGS = "headings"
    TITLE = "title"
    AGENCY = "agency"
    DAY = "day"
    NOTHING = "nothing"
    SUM = "sum"
    REMARK = "remark"


_NOTHING = re.compile(r"ไม่มี(?:รายการ|การดำเนินการ|ผลการ|แผนการ|แผน|การ)*(?:จัดซื้อ|จัดจ้าง|จัดหา)")
_KINDS = (
    (Kind.NOTHING, re.compile(rf"^[-–* ]*{_NOTHING.pattern}")),
    (
        Kind.TITLE,
        re.compile(r"^(?:แบบ)?(?:สรุปผล|รายงาน|สขร|แผนการจัดซื้อ)|รอบเดือน|ประจำเดือน|ปีงบประมาณ"),
    ),
    (Kind.AGENCY, re.compile(r"^(?:ชื่อ)?หน่วยงาน")),
    (Kind.DAY, re.compile(r"^วันที่ ?\d")),
    (Kind.SUM, re.compile(r"^รวม(?:ทั้งสิ้น|ทั้งหมด|เป็นเงิน|เงิน|จำนวน|ยอด)?(?![ก-๙])")),
    (Kind.REMARK, re.compile(r"^[\*(]*(?:หมายเหตุ|ลงชื่อ|ผู้รายงาน|ผู้จัดทำ|ตำแหน่ง|ที่มา|ข้อมูล ณ)")),
)
_MONTH = re.compile(r"เดือน ?(?P<month>[^\d]{2,24}\d{2,4}|\d{1,2} ?[/.\-] ?\d{2,4})(?!\d)")
_FISCAL_YEAR = re.compile(r"ปีงบประมาณ ?(?:พ\.? ?ศ\.?)? ?(?P<year>\d{4})(?!\d)")
_AGENCY = re.compile(r"^(?:ชื่อ)?หน่วยงาน ?:? ?")
_FISCAL_YEARS = range(2500, 2701)


def kind_of(text: str) -> Kind | None:
    """
    Return what a line is, or None where it may be anything.

    >>> kind_of("แบบสรุปผลการดำเนินการจัดซื้อจัดจ้างในรอบเดือน พฤษภาคม 2562")
    <Kind.TITLE: 'title'>
    """
    line = _one_line(text)
    return next((kind for kind, pattern in _KINDS if pattern.search(line)), None)


def month_in(text: str) -> Month | None:
    """Return the month that a title speaks of, if it can be read."""
    found = _MONTH.search(_one_line(text))
    if not found:
        return None
    try:
        return read_month(found["month"])
    except CellError:
        return None


def day_in(text: str) -> date | None:
    """Return the day that a line is, if it can be read."""
    try:
        return read_day(_one_line(text))
    except CellError:
        return None


def fiscal_year_in(text: str) -> int | None:
    """
    Return the fiscal year of the Buddhist era that a title speaks of.

    >>> fiscal_year_in("แผนการจัดซื้อจัดจ้าง ประจำปีงบประมาณ พ.ศ. ๒๕๖๙")
    2569
    """
    found = _FISCAL_YEAR.search(_one_line(text))
    year = int(found["year"]) if found else 0
    return year if year in _FISCAL_YEARS else None


def agency_in(text: str) -> str:
    """Return the name of the agency without the word that introduces it."""
    return _AGENCY.sub("", " ".join(plain(text).split()))


def _one_line(text: str) -> str:
    return " ".join(plain(text[:2000], digits=True).split())
