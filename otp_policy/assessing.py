"""
How an agency stands on one item of an assessment: have, have not, stale, or nothing to report.

An item asks for a period of the fiscal year that is assessed; what is public answers it, or is of
another period, or is overdue for its review. Whoever chose a page by hand said why it answers, so
that it need not name a period itself.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from otp_policy.calendars import ONE_DAY, add_months
from otp_policy.freshness import Period
from otp_policy.instruments import AssessmentPeriod

__all__ = ["Answer", "PublishedAnswer", "Shortcoming", "answer", "shortcoming"]

MONTHS_OF_A_YEAR, MONTHS_OF_A_HALF = 12, 6


class Answer(StrEnum):
    """How an assessment item is answered."""

    HAVE = "have"
    HAVE_NOT = "have_not"
    STALE = "stale"
    NOTHING_TO_REPORT = "nothing_to_report"


class Shortcoming(StrEnum):
    """Why something public does not answer an item."""

    OVERDUE = "overdue"
    OTHER_PERIOD = "other_period"
    NO_PERIOD = "no_period"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedAnswer:
    """
    Something public that may answer an item.

    `due_on` is the last day on which its review is on time, None where there is none. Days are
    calendar days of the agency.
    """

    first_published_on: date
    covers: Period | None = None
    due_on: date | None = None
    says_nothing: bool = False
    is_chosen: bool = False


def answer(
    rule: AssessmentPeriod, published: Collection[PublishedAnswer], *, year: Period, on: date
) -> Answer:
    """
    Return how an item stands on the day *on*.

    Args:
        rule: The period that the item asks for.
        published: What is public and may answer it.
        year: The fiscal year that is assessed.
        on: The day, in the agency's time zone.

    >>> answer(AssessmentPeriod.NOW, (), year=Period(date(2025, 10, 1), date(2026, 9, 30)),
    ...     on=date(2026, 3, 1)).value
    'have_not'
    """
    if not published:
        return Answer.HAVE_NOT
    good = [one for one in published if shortcoming(rule, one, year=year, on=on) is None]
    if not good:
        return Answer.STALE
    return Answer.NOTHING_TO_REPORT if all(one.says_nothing for one in good) else Answer.HAVE


def shortcoming(
    rule: AssessmentPeriod, one: PublishedAnswer, *, year: Period, on: date
) -> Shortcoming | None:
    """Return why *one* does not answer an item with this rule on the day *on*; None if it does."""
    if one.due_on is not None and one.due_on < on:
        return Shortcoming.OVERDUE
    if rule is AssessmentPeriod.NOW:
        return None
    if one.covers is not None:
        return None if _fits(rule, one.covers, year) else Shortcoming.OTHER_PERIOD
    if rule is AssessmentPeriod.CURRENT_FISCAL_YEAR:
        # News and the like speak of no period: they are of the year in which they came out.
        is_of_year = year.first <= one.first_published_on <= year.last
        return None if is_of_year or one.is_chosen else Shortcoming.OTHER_PERIOD
    return None if one.is_chosen else Shortcoming.NO_PERIOD


def _fits(rule: AssessmentPeriod, covers: Period, year: Period) -> bool:
    if rule is AssessmentPeriod.COVERS_CURRENT_YEAR:
        return covers.first <= year.first and year.last <= covers.last
    if rule is AssessmentPeriod.PREVIOUS_FISCAL_YEAR:
        return _lies_in(covers, _year_before(year))
    if rule is AssessmentPeriod.FIRST_SIX_MONTHS:
        # The whole year, as well as a month or the half of it, speaks of its beginning.
        half = add_months(year.first, MONTHS_OF_A_HALF) - ONE_DAY
        return year.first <= covers.first <= half and covers.last <= year.last
    return _lies_in(covers, year)


def _year_before(year: Period) -> Period:
    return Period(add_months(year.first, -MONTHS_OF_A_YEAR), year.first - ONE_DAY)


def _lies_in(covers: Period, year: Period) -> bool:
    return year.first <= covers.first and covers.last <= year.last
