"""The arithmetic of days, at the edges of months, years and weeks."""

from dataclasses import replace
from datetime import date

import pytest

from otp_policy import load_policy
from otp_policy.calendars import (
    WorkingDays,
    add_months,
    end_of_fiscal_year,
    end_of_month,
    in_words,
)
from otp_policy.vocabulary import Weekday

CALENDAR = load_policy("tpso").calendar(on=date(2026, 11, 24))
DAYS = WorkingDays.of(CALENDAR, holidays=[date(2026, 12, 7), date(2026, 12, 8)])


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2100, 1, 31), 1, date(2100, 2, 28)),
        (date(2000, 1, 31), 1, date(2000, 2, 29)),
        (date(2025, 1, 15), 0, date(2025, 1, 15)),
        (date(2025, 11, 30), 1, date(2025, 12, 30)),
        (date(2025, 12, 31), 1, date(2026, 1, 31)),
        (date(2025, 12, 31), 12, date(2026, 12, 31)),
        (date(2025, 3, 31), 25, date(2027, 4, 30)),
        (date(9999, 11, 30), 1, date(9999, 12, 30)),
    ],
)
def test_the_same_day_of_a_later_month_or_its_last(day, months, expected):
    assert add_months(day, months) == expected


@pytest.mark.parametrize(("day", "months"), [(date(9999, 12, 1), 1), (date(2026, 1, 1), 200_000)])
def test_months_end_with_the_year_9999(day, months):
    with pytest.raises(OverflowError, match=r"year `\d+` is past year 9999"):
        add_months(day, months)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 2, 28), date(2026, 2, 28)),
        (date(2028, 2, 28), date(2028, 2, 29)),
        (date(2026, 11, 30), date(2026, 11, 30)),
        (date(2026, 12, 1), date(2026, 12, 31)),
        (date(9999, 12, 31), date(9999, 12, 31)),
    ],
)
def test_the_last_day_of_a_month(day, expected):
    assert end_of_month(day) == expected


@pytest.mark.parametrize(
    ("day", "starts_month", "expected"),
    [
        (date(2026, 9, 30), 10, date(2026, 9, 30)),
        (date(2026, 10, 1), 10, date(2027, 9, 30)),
        (date(2026, 1, 1), 1, date(2026, 12, 31)),
        (date(2026, 12, 31), 1, date(2026, 12, 31)),
        (date(2026, 11, 30), 12, date(2026, 11, 30)),
        (date(2026, 12, 1), 12, date(2027, 11, 30)),
        (date(2026, 3, 31), 4, date(2026, 3, 31)),
        (date(2027, 3, 31), 3, date(2028, 2, 29)),
    ],
)
def test_the_last_day_of_a_fiscal_year(day, starts_month, expected):
    assert end_of_fiscal_year(day, starts_month=starts_month) == expected


def test_the_fiscal_year_that_ends_after_9999_is_refused():
    with pytest.raises(OverflowError):
        end_of_fiscal_year(date(9999, 10, 1), starts_month=10)


def test_every_day_in_words():
    assert in_words(date(2026, 12, 7)) == "Monday 7 December 2026"
    days = [in_words(date(2026, month, month)) for month in range(1, 13)]
    assert days == [
        "Thursday 1 January 2026",
        "Monday 2 February 2026",
        "Tuesday 3 March 2026",
        "Saturday 4 April 2026",
        "Tuesday 5 May 2026",
        "Saturday 6 June 2026",
        "Tuesday 7 July 2026",
        "Saturday 8 August 2026",
        "Wednesday 9 September 2026",
        "Saturday 10 October 2026",
        "Wednesday 11 November 2026",
        "Saturday 12 December 2026",
    ]
    assert in_words(date(2026, 11, 22)).startswith("Sunday ")
    assert in_words(date(2026, 11, 27)).startswith("Friday ")


def test_days_off_are_weekends_and_holidays():
    off = [day for day in range(1, 15) if DAYS.is_day_off(date(2026, 12, day))]
    assert off == [5, 6, 7, 8, 12, 13]
    assert DAYS.is_weekend(date(2026, 12, 5))
    assert not DAYS.is_holiday(date(2026, 12, 5))
    assert DAYS.is_holiday(date(2026, 12, 7))
    assert not DAYS.is_weekend(date(2026, 12, 7))


def test_another_weekend():
    calendar = replace(CALENDAR, weekend=(Weekday.FRIDAY,))
    days = WorkingDays.of(calendar, holidays=())
    assert [day for day in range(1, 15) if days.is_day_off(date(2026, 12, day))] == [4, 11]


def test_the_next_working_day_may_be_the_day_itself():
    assert DAYS.next_from(date(2026, 12, 4)) == date(2026, 12, 4)
    assert DAYS.next_from(date(2026, 12, 5)) == date(2026, 12, 9)


@pytest.mark.parametrize(
    ("day", "number", "expected"),
    [
        (date(2026, 12, 4), 0, date(2026, 12, 4)),
        (date(2026, 12, 5), 0, date(2026, 12, 5)),
        (date(2026, 12, 4), 1, date(2026, 12, 9)),
        (date(2026, 12, 3), 1, date(2026, 12, 4)),
        (date(2026, 12, 3), 4, date(2026, 12, 11)),
        (date(2026, 12, 3), 5, date(2026, 12, 14)),
    ],
)
def test_the_nth_working_day_after(day, number, expected):
    assert DAYS.nth_after(day, number) == expected


def test_working_days_end_with_the_year_9999():
    assert DAYS.nth_after(date(9999, 12, 30), 1) == date(9999, 12, 31)
    with pytest.raises(OverflowError):
        DAYS.nth_after(date(9999, 12, 31), 1)
