"""
The forms as values: the monthly summary (สขร.1) and the annual procurement plan.

Dates and months are of the common era, amounts are baht. "Nothing to report" is a record too:
a summary or a plan says so, and then has no rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

__all__ = [
    "AnnualPlan",
    "ContractReference",
    "Month",
    "MonthlySummary",
    "Offer",
    "PlanEntry",
    "SummaryRow",
]

BUDDHIST_ERA = 543
FIRST_MONTH_OF_FISCAL_YEAR = 10


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """
    A month of the common era.

    >>> Month(2019, 10).fiscal_year
    2563
    """

    year: int
    month: int

    def __post_init__(self) -> None:
        date(self.year, self.month, 1)

    @classmethod
    def of(cls, day: date) -> Month:
        """Return the month in which *day* lies."""
        return cls(day.year, day.month)

    @property
    def fiscal_year(self) -> int:
        """Return the fiscal year, of the Buddhist era: it begins in October."""
        return self.year + BUDDHIST_ERA + (self.month >= FIRST_MONTH_OF_FISCAL_YEAR)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Who offers, and at what price; a price that was never opened is None."""

    name: str
    price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractReference:
    """The number and the day of a contract or of an agreement."""

    number: str
    signed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRow:
    """
    One purchase of a month: the nine columns of the form สขร.1.

    `selected` and `contracts` go in pairs, or one contract holds for all who were selected.
    """

    sequence: int
    work: str
    budget: Decimal
    reference_price: Decimal | None
    method: str
    bidders: tuple[Offer, ...]
    selected: tuple[Offer, ...]
    reason: str
    contracts: tuple[ContractReference, ...]
    project_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlySummary:
    """
    The purchases of a month.

    Raises:
        ValueError: If it has no rows and does not say that there is nothing to report, or both.
    """

    month: Month
    agency: str = ""
    reported_on: date | None = None
    rows: tuple[SummaryRow, ...] = ()
    nothing_to_report: bool = False

    def __post_init__(self) -> None:
        if self.nothing_to_report == bool(self.rows):
            raise ValueError("a summary has rows, or says that there is nothing to report")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanEntry:
    """One project that an agency means to announce within the year."""

    sequence: int
    code: str
    project: str
    budget: Decimal
    expected: Month


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualPlan:
    """
    The procurement plan of a fiscal year (of the Buddhist era).

    Raises:
        ValueError: If it has no entries and does not say that nothing is planned, or both.
    """

    fiscal_year: int
    agency: str = ""
    entries: tuple[PlanEntry, ...] = ()
    nothing_planned: bool = False

    def __post_init__(self) -> None:
        if self.nothing_planned == bool(self.entries):
            raise ValueError("a plan has entries, or says that nothing is planned")
