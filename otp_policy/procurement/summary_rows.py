"""Makes a row of the monthly summary from the lines that it takes in a sheet."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from otp_policy.procurement.amounts import read_amount
from otp_policy.procurement.cells import Cells
from otp_policy.procurement.checks import Placed
from otp_policy.procurement.findings import Code, Column, TableFinding
from otp_policy.procurement.grid import CellValue, is_blank, text_of
from otp_policy.procurement.offers import (
    amounts_of,
    contracts_of,
    numbers_and_days,
    offers_of,
    paired_offers,
)
from otp_policy.procurement.records import ContractReference, Offer, SummaryRow
from otp_policy.procurement.walk import Row, read_sequence

__all__ = ["summary_row"]

_NO_AMOUNTS: tuple[Decimal | None, ...] = ()


def summary_row(lines: list[Row], findings: list[TableFinding]) -> Placed:
    """
    Return the row that *lines* make, the first of which is numbered.

    What is wrong goes to *findings*; a row with a finding that is an error is fit for the checks
    across rows, and for nothing else.
    """
    first = Cells(lines[0], findings)
    every = [first, *(Cells(line, findings) for line in lines[1:])]
    sequence = first.needed(Column.SEQUENCE, read_sequence, 0)
    work = first.text(Column.WORK)
    budget = first.needed(Column.BUDGET, read_amount, Decimal(0))
    reference_price = first.unless_none(Column.REFERENCE_PRICE, read_amount)
    method = first.text(Column.METHOD)
    reason = first.text(Column.REASON)
    number = first.row.value(Column.PROJECT_NUMBER)
    project_number = first.read(Column.PROJECT_NUMBER, lambda: text_of(number), "")
    bidders = _offers(every, Column.BIDDER, Column.OFFERED_PRICE)
    selected = _offers(every, Column.SELECTED, Column.AGREED_PRICE)
    contracts = _contracts(every)
    _as_many(first, selected, contracts)
    _priced(first, bidders, selected)
    for cells in every:
        cells.refuse_identity_numbers()
    return Placed(
        SummaryRow(
            sequence=sequence,
            work=work,
            budget=budget,
            reference_price=reference_price,
            method=method,
            bidders=bidders,
            selected=selected,
            reason=reason,
            contracts=contracts,
            project_number=project_number,
        ),
        first.row.place,
        frozenset(column for cells in every for column in cells.unread),
    )


def _offers(every: list[Cells], name: Column, price: Column) -> tuple[Offer, ...]:
    found: list[Offer] = []
    for cells in every:
        if name is Column.SELECTED and _repeats(cells.row, every[0].row, name, price):
            continue
        names, prices = cells.row.own_value(name), cells.row.own_value(price)
        together = cells.row.header.column(name) == cells.row.header.column(price)
        read = _reader(together, names, prices)
        if not together:
            cells.read(price, _all_amounts(prices), _NO_AMOUNTS)
            if price in cells.unread:
                # Whose price it is cannot be told either.
                cells.unread.add(name)
                continue
        column = name if together or is_blank(prices) or not is_blank(names) else price
        found.extend(cells.read(column, read, ()))
    if not found and name not in {column for cells in every for column in cells.unread}:
        every[0].tell(Code.CELL_MISSING, name)
    return tuple(found)


def _reader(together: bool, names: CellValue, prices: CellValue) -> Callable[[], tuple[Offer, ...]]:
    return lambda: offers_of(names) if together else paired_offers(names, prices)


def _all_amounts(prices: CellValue) -> Callable[[], tuple[Decimal | None, ...]]:
    return lambda: tuple(amounts_of(prices))


def _contracts(every: list[Cells]) -> tuple[ContractReference, ...]:
    found: list[ContractReference] = []
    columns = Column.CONTRACT_NUMBER, Column.CONTRACT_DATE
    for cells in every:
        if not _repeats(cells.row, every[0].row, *columns):
            found.extend(_contracts_of(cells))
    first = every[0]
    if is_blank(first.row.own_value(Column.CONTRACT_NUMBER)) and not found:
        first.tell(Code.CELL_MISSING, Column.CONTRACT_NUMBER)
    return tuple(found)


def _contracts_of(cells: Cells) -> tuple[ContractReference, ...]:
    row = cells.row
    numbers = row.own_value(Column.CONTRACT_NUMBER)
    days = row.own_value(Column.CONTRACT_DATE)
    if row.header.column(Column.CONTRACT_NUMBER) == row.header.column(Column.CONTRACT_DATE):
        return cells.read(Column.CONTRACT_NUMBER, lambda: contracts_of(numbers), ())
    number_text = cells.read(Column.CONTRACT_NUMBER, lambda: text_of(numbers), "")
    if Column.CONTRACT_NUMBER in cells.unread:
        return ()
    return cells.read(Column.CONTRACT_DATE, lambda: numbers_and_days(number_text, days), ())


def _repeats(row: Row, first: Row, *columns: Column) -> bool:
    """Tell whether a further line says again what the first line said, as flat tables do."""
    return row is not first and all(row.own_value(each) == first.value(each) for each in columns)


def _as_many(
    first: Cells, selected: tuple[Offer, ...], contracts: tuple[ContractReference, ...]
) -> None:
    """One contract for all who were selected, or one for each, or none at all."""
    if Column.CONTRACT_NUMBER in first.unread or Column.SELECTED in first.unread:
        return
    if len(contracts) > 1 and len(contracts) != len(selected):
        first.tell(Code.CONTRACTS_UNPAIRED, Column.CONTRACT_NUMBER)


def _priced(first: Cells, bidders: tuple[Offer, ...], selected: tuple[Offer, ...]) -> None:
    if any(offer.price is None for offer in selected):
        first.tell(Code.CELL_MISSING, Column.AGREED_PRICE)
    if any(offer.price is None for offer in bidders):
        first.tell(Code.PRICE_MISSING, Column.OFFERED_PRICE)
