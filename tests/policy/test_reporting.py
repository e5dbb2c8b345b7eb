"""Fiscal years, quarters, and the day on which the report to the executives is due (annex 2.1)."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from otp_policy import load_policy
from otp_policy.reporting import WHOLE_YEAR, FiscalPeriod, report_due

REPORT = load_policy("tpso").document.report[0]
# Fiscal year, quarter, first and last day, worked out by hand from a calendar on the wall.
THAI_PERIODS = [
    (2027, WHOLE_YEAR, date(2026, 10, 1), date(2027, 9, 30)),
    (2027, 1, date(2026, 10, 1), date(2026, 12, 31)),
    (2027, 2, date(2027, 1, 1), date(2027, 3, 31)),
    (2027, 3, date(2027, 4, 1), date(2027, 6, 30)),
    (2027, 4, date(2027, 7, 1), date(2027, 9, 30)),
    (2028, 2, date(2028, 1, 1), date(2028, 3, 31)),
    (2020, WHOLE_YEAR, date(2019, 10, 1), date(2020, 9, 30)),
]
OTHER_YEARS = [
    (1, 2027, WHOLE_YEAR, date(2027, 1, 1), date(2027, 12, 31)),
    (1, 2027, 1, date(2027, 1, 1), date(2027, 3, 31)),
    (4, 2027, WHOLE_YEAR, date(2026, 4, 1), date(2027, 3, 31)),
    (4, 2027, 4, date(2027, 1, 1), date(2027, 3, 31)),
    # A leap year: the last day of February is the last of the fiscal year.
    (3, 2028, WHOLE_YEAR, date(2027, 3, 1), date(2028, 2, 29)),
    (3, 2028, 4, date(2027, 12, 1), date(2028, 2, 29)),
    (12, 2028, 1, date(2027, 12, 1), date(2028, 2, 29)),
]


@pytest.mark.parametrize(("year", "quarter", "first", "last"), THAI_PERIODS)
def test_annex_2_1_a_thai_fiscal_year_begins_in_october(year, quarter, first, last):
    period = FiscalPeriod.of(year, quarter, starts_month=10)
    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize(("month", "year", "quarter", "first", "last"), OTHER_YEARS)
def test_annex_2_1_another_agency_may_begin_in_another_month(month, year, quarter, first, last):
    period = FiscalPeriod.of(year, quarter, starts_month=month)
    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize(
    ("day", "year", "quarter"),
    [
        (date(2026, 9, 30), 2026, 4),
        (date(2026, 10, 1), 2027, 1),
        (date(2026, 12, 31), 2027, 1),
        (date(2027, 1, 1), 2027, 2),
        (date(2027, 3, 31), 2027, 2),
        (date(2027, 4, 1), 2027, 3),
        (date(2027, 6, 30), 2027, 3),
        (date(2027, 7, 1), 2027, 4),
        (date(2028, 2, 29), 2028, 2),
    ],
)
def test_annex_2_1_every_day_lies_in_one_quarter_of_one_fiscal_year(day, year, quarter):
    period = FiscalPeriod.year_with(day, starts_month=10)
    assert (period.year, period.quarter_of(day)) == (year, quarter)
    own = FiscalPeriod.of(year, quarter, starts_month=10)
    assert own.first <= day <= own.last
    assert own.quarter_of(day) == quarter


def test_annex_2_1_the_quarters_are_the_year_without_a_gap():
    for month in range(1, 13):
        whole = FiscalPeriod.of(2028, starts_month=month)
        parts = [FiscalPeriod.of(2028, quarter, starts_month=month) for quarter in (1, 2, 3, 4)]
        assert (parts[0].first, parts[-1].last) == (whole.first, whole.last)
        gaps = [(after.first - before.last).days for before, after in pairwise(parts)]
        assert gaps == [1, 1, 1]


def test_annex_2_1_a_period_is_over_on_the_day_after_its_last():
    period = FiscalPeriod.of(2026, starts_month=10)
    assert not period.is_over(date(2026, 9, 30))
    assert period.is_over(date(2026, 10, 1))


@pytest.mark.parametrize(("quarter", "month"), [(5, 10), (-1, 10), (1, 0), (1, 13)])
def test_what_is_no_quarter_or_month_is_refused(quarter, month):
    with pytest.raises(ValueError, match=r"no (quarter|month)"):
        FiscalPeriod.of(2027, quarter, starts_month=month)


@pytest.mark.parametrize(
    ("why", "reported", "begins_on", "owed"),
    [
        ("a year after the last one", {2026: date(2026, 11, 15)}, None, (2027, date(2027, 11, 15))),
        ("on the first day after", {2026: date(2026, 10, 1)}, None, (2027, date(2027, 10, 1))),
        ("no 29 February", {2027: date(2028, 2, 29)}, None, (2028, date(2029, 2, 28))),
        ("the last year counts", {2025: date(2027, 1, 5), 2026: date(2026, 11, 15)}, None,
         (2027, date(2027, 11, 15))),
        ("never: from the beginning", {}, date(2026, 11, 30), (2027, date(2027, 11, 30))),
        ("never: the last day of a year", {}, date(2026, 9, 30), (2026, date(2027, 9, 30))),
    ],
)  # fmt: skip
def test_annex_2_1_at_least_once_a_year_counted_from_the_last(why, reported, begins_on, owed):
    due = report_due(
        REPORT, reported=reported, begins_on=begins_on or date(2019, 5, 25), starts_month=10
    )
    assert (due.year, due.due_on) == owed, why
    assert not due.by_year_end


def test_the_end_of_the_fiscal_year_counts_only_where_the_policy_says_so():
    said = {"reported": {2026: date(2026, 11, 15)}, "begins_on": date(2019, 5, 25)}
    assert report_due(REPORT, **said, starts_month=10).due_on == date(2027, 11, 15)
    soon = replace(REPORT, days_after_fiscal_year_end=30)
    due = report_due(soon, **said, starts_month=10)
    assert (due.due_on, due.by_year_end) == (date(2027, 10, 30), True)
    last_day = replace(REPORT, days_after_fiscal_year_end=0)
    assert report_due(last_day, **said, starts_month=10).due_on == date(2027, 9, 30)
    # The interval stays the longest that the clause allows.
    late = replace(REPORT, days_after_fiscal_year_end=90)
    assert report_due(late, **said, starts_month=10).due_on == date(2027, 11, 15)
