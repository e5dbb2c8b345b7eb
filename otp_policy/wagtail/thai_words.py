"""How numbers, years and sizes read in Thai; what is stored is of the common era, in ASCII."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import get_language

from otp_policy.calendars import end_of_fiscal_year

from .conf import BUDDHIST_ERA_OFFSET, current_policy, office_day

_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def thai_digits(value: Any) -> str:
    """
    Write the digits of *value* in Thai, as official letters do.

    >>> thai_digits("25 พฤษภาคม 2562")
    '๒๕ พฤษภาคม ๒๕๖๒'
    """
    return str(value).translate(_THAI_DIGITS)


def local_year(year: int | None) -> str:
    """Write a year of the common era: in Thai as one of the Buddhist era."""
    if year is None:
        return ""
    return str(year if _is_english() else year + BUDDHIST_ERA_OFFSET)


def local_fiscal_year(year: int | None) -> str:
    """Write a fiscal year that is kept as one of the Buddhist era, in English with both."""
    if year is None:
        return ""
    return f"{year} ({year - BUDDHIST_ERA_OFFSET})" if _is_english() else str(year)


def fiscal_year_of(value: date | datetime | None) -> int | None:
    """Return the fiscal year, of the Buddhist era, in which a day lies."""
    if value is None:
        return None
    day = office_day(value) if isinstance(value, datetime) else value
    starts_month = current_policy().calendar(on=office_day()).fiscal_year_starts_month
    return end_of_fiscal_year(day, starts_month=starts_month).year + BUDDHIST_ERA_OFFSET


def grouped(value: Decimal | int | None) -> str:
    """Write a number with its thousands apart and no idle decimals; a dash for none."""
    if value is None:
        return "–"
    number = Decimal(value)
    return f"{number.normalize():,f}"


def file_size(count: int | None) -> str:
    """Write how large a file is; nothing where nobody knows."""
    return "" if count is None else filesizeformat(count)


def _is_english() -> bool:
    return (get_language() or "th").startswith("en")
