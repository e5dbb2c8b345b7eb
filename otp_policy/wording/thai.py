"""Thai numerals, and dates in words: Buddhist years in Thai, common years in English."""

from __future__ import annotations

from datetime import date

__all__ = ["THAI_DIGITS", "long_date", "thai_digits"]

THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"

TO_THAI = str.maketrans("0123456789", THAI_DIGITS)

BUDDHIST_ERA = 543
"""Years from the common to the Buddhist era, as both are counted since 1941."""

MONTHS = {
    "th": (
        "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
        "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip


def thai_digits(value: object) -> str:
    """
    Return *value* with Thai numerals.

    >>> thai_digits("2.1")
    '๒.๑'
    """
    return str(value).translate(TO_THAI)


def long_date(day: date, lang: str) -> str:
    """
    Return a date in words: with the Buddhist year and Thai numerals in Thai.

    >>> long_date(date(2019, 5, 25), "th")
    '๒๕ พฤษภาคม พ.ศ. ๒๕๖๒'
    >>> long_date(date(2019, 5, 25), "en")
    '25 May 2019'
    """
    month = MONTHS[lang][day.month - 1]
    if lang == "th":
        return thai_digits(f"{day.day} {month} พ.ศ. {day.year + BUDDHIST_ERA}")
    return f"{day.day} {month} {day.year}"
