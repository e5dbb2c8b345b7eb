"""Cells that hold several things on several lines: bidders with prices, contracts with days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from otp_policy.procurement.amounts import NUMBER, read_amount
from otp_policy.procurement.days import DAY_AT_END, read_day
from otp_policy.procurement.findings import CellError, Code
from otp_policy.procurement.grid import CellValue, is_blank, text_of
from otp_policy.procurement.records import ContractReference, Offer
from otp_policy.procurement.texts import lines, plain, plain_digits

__all__ = [
    "NONE",
    "amounts_of",
    "contracts_of",
    "is_none",
    "numbers_and_days",
    "offers_of",
    "paired_offers",
]

NONE = frozenset({"-", "–", "—", "ไม่มี", "-ไม่มี-"})
"""What a form writes where there is nothing to write."""
_BULLET = re.compile(r"^(?:\d{1,2}[.)] ?(?=[^\d\s])|[-•–] ?(?=[^\d\s]))")
_WORDS = "เสนอราคา|ราคาที่เสนอ|ราคาที่ตกลง|ราคา|เป็นเงิน|จำนวนเงิน|จำนวน|วงเงิน"
_PRICE = rf"(?P<price>[฿] ?{NUMBER}|{NUMBER})(?P<unit> ?(?:บาท(?:ถ้วน)?|\.?-|฿))?"
_PRICE_AT_END = re.compile(rf"(?P<lead>[:/=(]|(?:{_WORDS}))? ?{_PRICE} ?\)?$")
_EDGES = " :/=,(–-"
_LONGEST_LINE = 500
_LONGEST_END = 80


def is_none(value: CellValue) -> bool:
    """Tell whether a cell says that there is nothing, as a dash does."""
    return isinstance(value, str) and plain(value) in NONE


def offers_of(value: CellValue) -> tuple[Offer, ...]:
    """
    Return the names with their prices of a cell that holds both, one pair a line or on two lines.

    Raises:
        CellError: If a number may be part of a name, or a name may go on in the next line.

    >>> [str(offer.price) for offer in offers_of("1. หจก. ตัวอย่าง 9,500 บาท")]
    ['9500']
    """
    found: list[Offer] = []
    written = [] if is_none(value) else lines(text_of(value))
    for line in written:
        name, price = _name_and_price(line)
        if not name and found and found[-1].price is None:
            found[-1] = Offer(name=found[-1].name, price=price)
        elif not name:
            raise CellError(Code.PRICE_UNCLEAR)
        else:
            found.append(Offer(name=name, price=price))
    if len(found) > 1 and any(offer.price is None for offer in found):
        raise CellError(Code.PRICE_UNCLEAR)
    return tuple(found)


def _name_and_price(line: str) -> tuple[str, Decimal | None]:
    if len(line) > _LONGEST_LINE:
        raise CellError(Code.TEXT_TOO_LONG)
    line = _BULLET.sub("", line)
    start, end = _last_characters(line)
    found = _PRICE_AT_END.search(end)
    if not found:
        return line, None
    name = line[: start + found.start()].rstrip(_EDGES)
    # A bare number at the end of a name may belong to it: "ตัวอย่าง 2000".
    is_marked = found["lead"] or found["unit"] or re.search("[฿,.]", found["price"])
    if name and not is_marked:
        raise CellError(Code.PRICE_UNCLEAR)
    return name, read_amount(found["price"])


def paired_offers(names: CellValue, prices: CellValue) -> tuple[Offer, ...]:
    """
    Return the names of one cell with the prices of another, line by line.

    Raises:
        CellError: If there are not as many prices as names; a dash stands for no price.
    """
    written = [] if is_none(names) else lines(text_of(names))
    amounts = list(amounts_of(prices))
    if not written and not amounts:
        return ()
    if not amounts:
        amounts = [None] * len(written)
    if len(written) != len(amounts):
        raise CellError(Code.OFFERS_UNPAIRED)
    return tuple(
        Offer(name=_BULLET.sub("", name), price=price)
        for name, price in zip(written, amounts, strict=True)
    )


def amounts_of(value: CellValue) -> Iterator[Decimal | None]:
    """
    Yield the prices of a cell, one a line; None for a dash.

    Raises:
        CellError: If one of them cannot be read.
    """
    if isinstance(value, str):
        for line in lines(text_of(value)):
            yield None if line in NONE else read_amount(_BULLET.sub("", line))
    elif not is_blank(value):
        yield read_amount(value)


def contracts_of(value: CellValue) -> tuple[ContractReference, ...]:
    """
    Return the contracts of a cell that holds number and day, one pair a line or on two lines.

    Raises:
        CellError: If a number has no day, a day no number, or a day cannot be read.

    >>> contracts_of("เลขที่ 12/2562 ลว. 3 พ.ค. 2562")[0].number
    '12/2562'
    """
    numbers: list[str] = []
    days: list[date] = []
    for line in [] if is_none(value) else lines(text_of(value)):
        if len(line) > _LONGEST_LINE:
            raise CellError(Code.TEXT_TOO_LONG)
        number, written = _number_and_day(line)
        if number:
            numbers.append(number)
        if written:
            days.append(read_day(written))
        if not number or written:
            _as_many(numbers, days)
    return _references(numbers, days)


def numbers_and_days(numbers: CellValue, days: CellValue) -> tuple[ContractReference, ...]:
    """
    Return the contracts whose numbers stand in one cell and whose days in another.

    Raises:
        CellError: If there are not as many days as numbers, or a day cannot be read.
    """
    written = [] if is_none(numbers) else [_bare(line) for line in lines(text_of(numbers))]
    if isinstance(days, str):
        signed = [] if is_none(days) else [read_day(line) for line in lines(text_of(days))]
    else:
        signed = [] if is_blank(days) else [read_day(days)]
    return _references(written, signed)


def _references(numbers: list[str], days: list[date]) -> tuple[ContractReference, ...]:
    _as_many(numbers, days)
    return tuple(
        ContractReference(number=number, signed_on=day)
        for number, day in zip(numbers, days, strict=True)
    )


def _as_many(numbers: list[str], days: list[date]) -> None:
    if len(numbers) != len(days):
        raise CellError(Code.CONTRACTS_UNPAIRED)


def _number_and_day(line: str) -> tuple[str, str]:
    start, end = _last_characters(line)
    found = DAY_AT_END.search(end)
    if not found:
        return _bare(line), ""
    return _bare(line[: start + found.start()]), found["written"]


def _last_characters(line: str) -> tuple[int, str]:
    """Return where the end of a line begins that a price or a day can take, and that end."""
    start = max(0, len(line) - _LONGEST_END)
    return start, plain_digits(line[start:])


def _bare(number: str) -> str:
    number = _BULLET.sub("", number).strip(" ,")
    return re.sub(r"^(?:สัญญา|ใบสั่งซื้อ|ใบสั่งจ้าง)?เลขที่ ?", "", number).strip(" ,")
