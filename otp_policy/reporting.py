"""
What is reported to the executives and when: fiscal years, their quarters, and the day it is due.

Annex 2.1: at least once a year. It reads no clock; the caller says what was reported and when.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from otp_policy.calendars import (
    MONTHS_IN_A_YEAR,
    ONE_DAY,
    add_months,
    end_of_fiscal_year,
    end_of_month,
)
from otp_policy.entries import Report

__all__ = ["WHOLE_YEAR", "FiscalPeriod", "ReportDue", "report_due"]

WHOLE_YEAR = 0
QUARTERS = (1, 2, 3, 4)
_MONTHS_IN_A_QUARTER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FiscalPeriod:
    """
    A fiscal year, or a quarter of one.

    `year` is the common year of the fiscal year's last day, `quarter` 1 to 4, or 0 for the whole
    year. `first` and `last` both belong to the period.
    """

    year: int
    quarter: int
    first: date
    last: date

    @classmethod
    def of(cls, year: int, quarter: int = WHOLE_YEAR, *, starts_month: int) -> FiscalPeriod:
        """
        Return a period of the fiscal year that ends in the common year *year*.

        Args:
            starts_month: The month, from 1, on whose first day a fiscal year begins.

        Raises:
            ValueError: If there is no such quarter or month.

        >>> period = FiscalPeriod.of(2027, 2, starts_month=10)
        >>> period.first.isoformat(), period.last.isoformat()
        ('2027-01-01', '2027-03-31')
        """
        if quarter not in (WHOLE_YEAR, *QUARTERS):
            raise ValueError(f"no quarter `{quarter}`")
        if not 1 <= starts_month <= MONTHS_IN_A_YEAR:
            raise ValueError(f"no month `{starts_month}`")
        # The last month is the one before the month in which a year begins.
        ends = date(year, (starts_month - 2) % MONTHS_IN_A_YEAR + 1, 1)
        last = end_of_month(ends)
        first = end_of_month(add_months(ends, -MONTHS_IN_A_YEAR)) + ONE_DAY
        if quarter != WHOLE_YEAR:
            first = add_months(first, _MONTHS_IN_A_QUARTER * (quarter - 1))
            last = end_of_month(add_months(first, _MONTHS_IN_A_QUARTER - 1))
        return cls(year=year, quarter=quarter, first=first, last=last)

    @classmethod
    def year_with(cls, day: date, *, starts_month: int) -> FiscalPeriod:
        """
        Return the fiscal year that *day* belongs to.

        >>> FiscalPeriod.year_with(date(2026, 10, 1), starts_month=10).year
        2027
        """
        return cls.of(
            end_of_fiscal_year(day, starts_month=starts_month).year, starts_month=starts_month
        )

    def is_over(self, on: date) -> bool:
        """Tell whether the last day lies before the day *on*."""
        return self.last < on

    def quarter_of(self, day: date) -> int:
        """
        Return the quarter of the fiscal year in which *day* lies, by its month.

        >>> FiscalPeriod.of(2027, starts_month=10).quarter_of(date(2027, 9, 30))
        4
        """
        begins = self.first.month if self.quarter == WHOLE_YEAR else self._year_begins()
        return (day.month - begins) % MONTHS_IN_A_YEAR // _MONTHS_IN_A_QUARTER + 1

    def _year_begins(self) -> int:
        passed = _MONTHS_IN_A_QUARTER * (self.quarter - 1)
        return (self.first.month - 1 - passed) % MONTHS_IN_A_YEAR + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDue:
    """
    The report that is owed next: on which fiscal year, until when, and counted from which day.

    `by_year_end` tells that the end of the fiscal year made it due, and not the interval.
    """

    year: int
    due_on: date
    counted_from: date
    by_year_end: bool = False


def report_due(
    report: Report, *, reported: Mapping[int, date], begins_on: date, starts_month: int
) -> ReportDue:
    """
    Return which yearly report is owed next, and the last day on which it is still on time.

    Annex 2.1 says “at least once a year” and names no day. That the interval is counted from the
    last report, and the first one from the day on which there was something to report of, is our
    reading; a day after the end of the fiscal year counts only where the policy gives one.

    Args:
        reported: The day on which each fiscal year was reported first; years as in `FiscalPeriod`.
        begins_on: The first day of which there is anything to report.
        starts_month: The month, from 1, on whose first day a fiscal year begins.

    Raises:
        OverflowError: If the result lies past year 9999.
    """
    if reported:
        last = max(reported)
        year, counted_from = last + 1, reported[last]
    else:
        year = FiscalPeriod.year_with(begins_on, starts_month=starts_month).year
        counted_from = begins_on
    due_on, days = add_months(counted_from, report.every_months), report.days_after_fiscal_year_end
    if days is not None:
        latest = FiscalPeriod.of(year, starts_month=starts_month).last + timedelta(days=days)
        if latest < due_on:
            return ReportDue(year=year, due_on=latest, counted_from=counted_from, by_year_end=True)
    return ReportDue(year=year, due_on=due_on, counted_from=counted_from)
