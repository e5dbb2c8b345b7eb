"""
Arithmetic of days: months, fiscal years, working days. It knows no rule and reads no clock.

Every function raises OverflowError if a day that it has to look at lies past year 9999.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta

from otp_policy.entries import Calendar
from otp_policy.vocabulary import Weekday

__all__ = [
    "ONE_DAY",
    "WorkingDays",
    "add_months",
    "end_of_fiscal_year",
    "end_of_month",
    "in_words",
]

ONE_DAY = timedelta(days=1)
MONTHS_IN_A_YEAR = 12
# Written out, because `strftime` speaks the language of the machine.
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS = tuple(Weekday)


def add_months(day: date, months: int) -> date:
    """
    Return the same day of the month, *months* later, or its last day if it has no such day.

    >>> add_months(date(2025, 1, 31), 1)
    datetime.date(2025, 2, 28)
    """
    years, month = divmod(day.month - 1 + months, MONTHS_IN_A_YEAR)
    year = day.year + years
    if year > MAXYEAR:
        raise OverflowError(f"year `{year}` is past year {MAXYEAR}")
    last = end_of_month(date(year, month + 1, 1))
    return last.replace(day=min(day.day, last.day))


def end_of_month(day: date) -> date:
    """Return the last day of the month of *day*, which may be *day* itself."""
    if day.month == MONTHS_IN_A_YEAR:
        return day.replace(day=31)
    return day.replace(month=day.month + 1, day=1) - ONE_DAY


def end_of_fiscal_year(day: date, *, starts_month: int) -> date:
    """
    Return the last day of the fiscal year of *day*, which may be *day* itself.

    Args:
        day: Any day of that year.
        starts_month: The month, from 1, on whose first day a fiscal year begins.

    >>> end_of_fiscal_year(date(2026, 10, 1), starts_month=10)
    datetime.date(2027, 9, 30)
    """
    months = (starts_month - 1 - day.month) % MONTHS_IN_A_YEAR
    return end_of_month(add_months(day, months))


def in_words(day: date) -> str:
    """
    Return the day as English text.

    >>> in_words(date(2026, 12, 7))
    'Monday 7 December 2026'
    """
    weekday = WEEKDAYS[day.weekday()].capitalize()
    return f"{weekday} {day.day} {MONTHS[day.month - 1]} {day.year}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingDays:
    """Which days are days off: `weekend` as numbers from 0 for Monday, and the holidays."""

    weekend: frozenset[int]
    holidays: frozenset[date]

    @classmethod
    def of(cls, calendar: Calendar, *, holidays: Iterable[date]) -> WorkingDays:
        """Return the working days of a calendar of the policy and of a table of holidays."""
        weekend = frozenset(WEEKDAYS.index(weekday) for weekday in calendar.weekend)
        return cls(weekend=weekend, holidays=frozenset(holidays))

    def is_weekend(self, day: date) -> bool:
        return day.weekday() in self.weekend

    def is_holiday(self, day: date) -> bool:
        return day in self.holidays

    def is_day_off(self, day: date) -> bool:
        return self.is_weekend(day) or self.is_holiday(day)

    def next_from(self, day: date) -> date:
        """Return *day* itself if it is a working day, or else the next one."""
        while self.is_day_off(day):
            day += ONE_DAY
        return day

    def nth_after(self, day: date, number: int) -> date:
        """Return the working day that is *number* working days after *day*; 0 is *day* itself."""
        for _ in range(number):
            day = self.next_from(day + ONE_DAY)
        return day
