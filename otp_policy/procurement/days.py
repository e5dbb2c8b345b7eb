"""
Days and months as forms write them: Thai or English months, Buddhist or common years.

What can be read in two ways is refused: a year of two digits, and a year that contradicts the
era beside it. A day comes before its month, as Thai offices write.
"""

from __future__ import annotations

import re
from datetime import date

from otp_policy.procurement.findings import CellError, Code
from otp_policy.procurement.grid import Broken, CellValue
from otp_policy.procurement.records import BUDDHIST_ERA, Month
from otp_policy.procurement.texts import plain
from otp_policy.wording.thai import MONTHS

__all__ = ["DAY_AT_END", "read_day", "read_month", "thai_month"]

_ABBREVIATIONS = (
    "ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.",
    "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.",
)  # fmt: skip
_NUMBERS = {
    name.replace(".", "").casefold(): number
    for names in (
        *MONTHS.values(),
        _ABBREVIATIONS,
        tuple(name[:3] for name in MONTHS["en"]),
    )
    for number, name in enumerate(names, start=1)
}
_NAME = "|".join(
    sorted(
        (
            *(re.escape(name) for names in MONTHS.values() for name in names),
            *(re.escape(name).replace(r"\.", r"\.?") for name in _ABBREVIATIONS),
            *(rf"{name[:3]}\.?" for name in MONTHS["en"]),
        ),
        key=len,
        reverse=True,
    )
)
_ERA = r"(?P<era>พ\.? ?ศ\.?|ค\.? ?ศ\.?|B\.? ?E\.?|A\.? ?D\.?|C\.? ?E\.?)?"
_YEAR = rf"{_ERA} ?(?P<year>\d{{4}}|\d{{2}})"
_WORDS = rf"(?P<day>\d{{1,2}}) ?(?:เดือน)? ?(?P<name>{_NAME}) ?,? ?{_YEAR}"
_FIGURES = r"(?P<d>\d{1,2}) ?(?P<s>[/.\-]) ?(?P<m>\d{1,2}) ?(?P=s) ?(?P<y>\d{4}|\d{2})"
_ISO = r"(?P<iy>\d{4})-(?P<im>\d{1,2})-(?P<id>\d{1,2})(?:[T ]00:00(?::00)?)?"
_DAY = rf"(?:{_WORDS}|{_ISO}|{_FIGURES})"
_WHOLE_DAY = re.compile(rf"(?:วันที่|ลงวันที่|ลว\.?|ณ วันที่)? ?{_DAY}", re.I)
DAY_AT_END = re.compile(rf"(?<![\d/.\-])(?:ลงวันที่|วันที่|ลว\.?|ลง)? ?(?P<written>{_DAY})$", re.I)
"""Finds a day at the end of a text, with the words that lead to it."""
_MONTH_WORDS = re.compile(rf"(?:ประจำ)?(?:เดือน)? ?(?P<name>{_NAME}) ?{_YEAR}", re.I)
_MONTH_FIGURES = re.compile(r"(?P<m>\d{1,2}) ?[/.\-] ?(?P<y>\d{4}|\d{2})")
_MONTH_ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})")
_BUDDHIST_YEARS = range(2400, 2701)
_COMMON_YEARS = range(1900, 2201)
_MOST_CHARACTERS = 80


def read_day(value: CellValue) -> date:
    """
    Return a day of the common era.

    Raises:
        CellError: If it is not surely one day.

    >>> read_day("๒๕ พ.ค. ๒๕๖๒") == read_day("25/5/2019") == date(2019, 5, 25)
    True
    """
    if isinstance(value, date):
        return _day(value.year, value.month, value.day)
    written = _WHOLE_DAY.fullmatch(_text(value, Code.DATE_UNCLEAR))
    if not written:
        raise CellError(Code.DATE_UNCLEAR)
    if written["iy"]:
        return _day(int(written["iy"]), int(written["im"]), int(written["id"]))
    if written["name"]:
        year = _year(written["year"], written["era"] or "")
        return _possible(year, _month_number(written["name"]), int(written["day"]))
    return _possible(_year(written["y"]), int(written["m"]), int(written["d"]))


def read_month(value: CellValue) -> Month:
    """
    Return a month of the common era.

    Raises:
        CellError: If it is not surely one month.

    >>> read_month("พฤษภาคม พ.ศ. 2562") == read_month("05/2562") == Month(2019, 5)
    True
    """
    if isinstance(value, date):
        return Month.of(_day(value.year, value.month, 1))
    text = _text(value, Code.MONTH_UNCLEAR)
    if named := _MONTH_WORDS.fullmatch(text):
        return Month(_year(named["year"], named["era"] or ""), _month_number(named["name"]))
    figures = _MONTH_FIGURES.fullmatch(text) or _MONTH_ISO.fullmatch(text)
    if not figures or not 1 <= int(figures["m"]) <= 12:
        raise CellError(Code.MONTH_UNCLEAR)
    return Month(_year(figures["y"]), int(figures["m"]))


def thai_month(month: Month, *, short: bool = False) -> str:
    """
    Return a month in Thai words with its Buddhist year.

    >>> thai_month(Month(2019, 5)), thai_month(Month(2019, 5), short=True)
    ('พฤษภาคม 2562', 'พ.ค. 2562')
    """
    names = _ABBREVIATIONS if short else MONTHS["th"]
    return f"{names[month.month - 1]} {month.year + BUDDHIST_ERA}"


def _text(value: CellValue, code: Code) -> str:
    if isinstance(value, Broken):
        raise CellError(value.code)
    if not isinstance(value, str) or len(value) > _MOST_CHARACTERS:
        raise CellError(code)
    return " ".join(plain(value, digits=True).split())


def _month_number(name: str) -> int:
    return _NUMBERS[name.replace(".", "").casefold()]


def _year(digits: str, era: str = "") -> int:
    if len(digits) == 2:
        raise CellError(Code.YEAR_TWO_DIGITS)
    year = int(digits)
    letters = re.sub(r"[. ]", "", era).upper()
    if year in _BUDDHIST_YEARS and letters in ("", "พศ", "BE"):
        return year - BUDDHIST_ERA
    if year in _COMMON_YEARS and letters in ("", "คศ", "AD", "CE"):
        return year
    raise CellError(Code.YEAR_UNCLEAR)


def _day(year: int, month: int, day: int) -> date:
    """Return the day whose year may be of either era: spreadsheets keep 2562 as it was typed."""
    return _possible(_year(f"{year:04}"), month, day)


def _possible(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise CellError(Code.DATE_IMPOSSIBLE) from error
