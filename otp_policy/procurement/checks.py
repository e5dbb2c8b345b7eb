"""Checks across the rows of a form; each finding says at which cell of which row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain

from otp_policy.procurement.days import thai_month
from otp_policy.procurement.findings import Code, Column, Place, RowPlace, TableFinding
from otp_policy.procurement.methods import Methods, shipped_methods
from otp_policy.procurement.records import (
    AnnualPlan,
    Month,
    MonthlySummary,
    PlanEntry,
    SummaryRow,
)
from otp_policy.procurement.texts import name_key, shortened, squeezed

__all__ = [
    "Placed",
    "PlacedEntry",
    "check_annual_plan",
    "check_monthly_summaries",
    "check_plan_entries",
    "check_rows",
]


@dataclass(frozen=True, slots=True)
class Placed:
    """A row, where it stands, and the columns of it that could not be read and are not checked."""

    row: SummaryRow
    place: RowPlace
    unread: frozenset[Column] = field(default=frozenset())

    def has(self, *columns: Column) -> bool:
        """Tell whether all these columns could be read."""
        return not self.unread.intersection(columns)


@dataclass(frozen=True, slots=True)
class PlacedEntry:
    """An entry of a plan, where it stands, and the columns of it that could not be read."""

    entry: PlanEntry
    place: RowPlace
    unread: frozenset[Column] = field(default=frozenset())


def check_monthly_summaries(
    summaries: Iterable[MonthlySummary], *, methods: Methods | None = None
) -> tuple[TableFinding, ...]:
    """
    Return what is wrong across the rows of summaries that come from no file.

    The place of a finding names the month as sheet, and counts the rows from 1.
    """
    placed: dict[Month | None, list[Placed]] = {
        summary.month: [
            Placed(row, RowPlace(str(summary.month), number))
            for number, row in enumerate(summary.rows, start=1)
        ]
        for summary in summaries
    }
    return tuple(check_rows(placed, methods=methods or shipped_methods()))


def check_annual_plan(plan: AnnualPlan) -> tuple[TableFinding, ...]:
    """Return what is wrong across the entries of a plan that comes from no file."""
    placed = [
        PlacedEntry(entry, RowPlace("", number)) for number, entry in enumerate(plan.entries, 1)
    ]
    return tuple(check_plan_entries(placed, fiscal_year=plan.fiscal_year))


def check_rows(
    months: Mapping[Month | None, Sequence[Placed]], *, methods: Methods
) -> Iterator[TableFinding]:
    """Yield what is wrong across the rows of one file; a month that is not known is None."""
    last = 0
    for month, rows in months.items():
        numbered = [(one.row.sequence, one.place, one.unread) for one in rows]
        # A month counts from 1, or goes on where the month before it ended.
        goes_on = last and rows and rows[0].row.sequence == last + 1
        yield from _sequences(numbered, first=last + 1 if goes_on else 1)
        last = rows[-1].row.sequence if rows else last
        for placed in rows:
            yield from _methods(placed, methods)
            yield from _selected(placed)
            yield from _prices(placed)
            if month is not None:
                yield from _days(placed, month)
    yield from _contracts(chain.from_iterable(months.values()))


def check_plan_entries(
    entries: Sequence[PlacedEntry], *, fiscal_year: int | None
) -> Iterator[TableFinding]:
    """Yield what is wrong across the entries of a plan."""
    yield from _sequences([(one.entry.sequence, one.place, one.unread) for one in entries])
    seen: dict[str, Place] = {}
    for placed in entries:
        entry = placed.entry
        at = placed.place.at(Column.PLAN_CODE)
        first = seen.setdefault(squeezed(entry.code) or f"row {at.row}", at)
        if first != at and Column.PLAN_CODE not in placed.unread:
            yield TableFinding(
                code=Code.PLAN_CODE_REPEATED,
                place=at,
                column=Column.PLAN_CODE,
                value=shortened(entry.code),
                expected=first.cell,
            )
        late = fiscal_year is not None and entry.expected.fiscal_year != fiscal_year
        if late and Column.EXPECTED not in placed.unread:
            yield TableFinding(
                code=Code.EXPECTED_OUTSIDE_YEAR,
                place=placed.place.at(Column.EXPECTED),
                column=Column.EXPECTED,
                value=thai_month(entry.expected),
                expected=str(fiscal_year),
            )


def _sequences(
    rows: Iterable[tuple[int, RowPlace, frozenset[Column]]], *, first: int = 1
) -> Iterator[TableFinding]:
    """Rows count 1, 2, 3 and so on; after a jump the count goes on from there."""
    expected: int | None = first
    for sequence, place, unread in rows:
        if Column.SEQUENCE in unread:
            expected = None if expected is None else expected + 1
            continue
        if expected is not None and sequence != expected:
            yield TableFinding(
                code=Code.SEQUENCE_BROKEN,
                place=place.at(Column.SEQUENCE),
                column=Column.SEQUENCE,
                value=str(sequence),
                expected=str(expected),
            )
        expected = sequence + 1


def _methods(placed: Placed, methods: Methods) -> Iterator[TableFinding]:
    method = placed.row.method
    if placed.has(Column.METHOD) and methods.find(method) is None:
        yield TableFinding(
            code=Code.METHOD_UNKNOWN,
            place=placed.place.at(Column.METHOD),
            column=Column.METHOD,
            value=shortened(method),
            expected=", ".join(known.name for known in methods.all),
        )


def _selected(placed: Placed) -> Iterator[TableFinding]:
    bids: set[str] = set()
    for bidder in placed.row.bidders:
        key = name_key(bidder.name)
        if key in bids:
            yield TableFinding(
                code=Code.BIDDER_REPEATED,
                place=placed.place.at(Column.BIDDER),
                column=Column.BIDDER,
                value=shortened(bidder.name),
            )
        bids.add(key)
    if not placed.has(Column.SELECTED, Column.BIDDER):
        return
    for offer in placed.row.selected:
        if name_key(offer.name) not in bids:
            yield TableFinding(
                code=Code.SELECTED_NOT_BIDDER,
                place=placed.place.at(Column.SELECTED),
                column=Column.SELECTED,
                value=shortened(offer.name),
                expected=shortened(", ".join(bidder.name for bidder in placed.row.bidders[:9])),
            )


def _prices(placed: Placed) -> Iterator[TableFinding]:
    row = placed.row
    if not placed.has(Column.AGREED_PRICE, Column.SELECTED):
        return
    agreed = sum((offer.price or Decimal(0) for offer in row.selected), Decimal(0))
    if placed.has(Column.BUDGET) and agreed > row.budget:
        yield _too_high(placed, Code.PRICE_ABOVE_BUDGET, agreed, row.budget)
    if not placed.has(Column.BIDDER, Column.OFFERED_PRICE):
        return
    bids = {name_key(bidder.name): bidder.price for bidder in row.bidders}
    for offer in row.selected:
        bid = bids.get(name_key(offer.name))
        if bid is not None and offer.price is not None and offer.price > bid:
            yield _too_high(placed, Code.PRICE_ABOVE_OFFER, offer.price, bid)


def _too_high(placed: Placed, code: Code, price: Decimal, bound: Decimal) -> TableFinding:
    return TableFinding(
        code=code,
        place=placed.place.at(Column.AGREED_PRICE),
        column=Column.AGREED_PRICE,
        value=f"{price:,}",
        expected=f"{bound:,}",
    )


def _days(placed: Placed, month: Month) -> Iterator[TableFinding]:
    if not placed.has(Column.CONTRACT_DATE):
        return
    for contract in placed.row.contracts:
        if Month.of(contract.signed_on) != month:
            yield TableFinding(
                code=Code.CONTRACT_OUTSIDE_MONTH,
                place=placed.place.at(Column.CONTRACT_DATE),
                column=Column.CONTRACT_DATE,
                value=contract.signed_on.isoformat(),
                expected=thai_month(month),
            )


def _contracts(rows: Iterable[Placed]) -> Iterator[TableFinding]:
    seen: dict[str, Place] = {}
    for placed in rows:
        if not placed.has(Column.CONTRACT_NUMBER):
            continue
        at = placed.place.at(Column.CONTRACT_NUMBER)
        for contract in placed.row.contracts:
            # Numbers are compared with their punctuation: 1/12 is not 11/2.
            number = "".join(contract.number.split()).casefold()
            first = seen.get(number)
            seen.setdefault(number, at)
            if first is not None:
                yield TableFinding(
                    code=Code.CONTRACT_REPEATED,
                    place=at,
                    column=Column.CONTRACT_NUMBER,
                    value=shortened(contract.number),
                    expected=f"{first.sheet} {first.cell}".strip(),
                )
