"""Amounts of baht as forms write them."""

from __future__ import annotations

import re
from decimal import Decimal

from otp_policy.procurement.findings import CellError, Code
from otp_policy.procurement.grid import Broken, CellValue
from otp_policy.procurement.texts import plain

__all__ = ["NUMBER", "read_amount"]

NUMBER = r"\d[\d,]*(?:\.\d*)?"
_AMOUNT = re.compile(rf"(?:฿|THB)? ?(?P<number>{NUMBER}) ?(?:\.?-|บาท(?:ถ้วน)?|฿|THB)?", re.I)
_DIGITS = re.compile(r"(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<part>\d+))?")
_NEGATIVE = re.compile(rf"[-−–(] ?฿? ?{NUMBER} ?(?:บาท)?\)?")
_SATANG = Decimal("0.01")
_TOO_LARGE = Decimal(10) ** 13
_MOST_DIGITS = 40


def read_amount(value: CellValue) -> Decimal:
    """
    Return an amount in baht, never below zero, with two places at most.

    Raises:
        CellError: If it is not surely one amount.

    >>> read_amount("๑,๒๓๔,๕๖๗.๕๐ บาท")
    Decimal('1234567.50')
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float | Broken):
        raise CellError(Code.AMOUNT_UNCLEAR)
    if isinstance(value, Broken):
        raise CellError(value.code)
    amount = _of_text(value) if isinstance(value, str) else _of_number(value)
    if amount < 0:
        raise CellError(Code.AMOUNT_NEGATIVE)
    if amount >= _TOO_LARGE:
        raise CellError(Code.AMOUNT_TOO_LARGE)
    return amount


def _of_text(value: str) -> Decimal:
    text = plain(value, digits=True) if len(value) <= 4 * _MOST_DIGITS else ""
    if _NEGATIVE.fullmatch(text):
        raise CellError(Code.AMOUNT_NEGATIVE)
    written = _AMOUNT.fullmatch(text)
    # Commas stand before three digits each, or the point may be a comma elsewhere in the world.
    digits = written and _DIGITS.fullmatch(written["number"].removesuffix("."))
    if not digits or len(text) > _MOST_DIGITS:
        raise CellError(Code.AMOUNT_UNCLEAR)
    part = digits["part"] or ""
    if len(part.rstrip("0")) > 2:
        raise CellError(Code.AMOUNT_PRECISION)
    return Decimal(digits["whole"].replace(",", "") + (f".{part[:2]}" if part else ""))


def _of_number(value: int | float) -> Decimal:
    if value != value or abs(value) >= _TOO_LARGE:
        raise CellError(Code.AMOUNT_TOO_LARGE)
    exact = Decimal(repr(value))
    amount = exact.quantize(_SATANG)
    # A spreadsheet's sum is off by less than this; more is a fraction of a satang.
    if abs(exact - amount) > Decimal("0.00001"):
        raise CellError(Code.AMOUNT_PRECISION)
    whole = amount.to_integral_value()
    return whole if whole == amount else amount
