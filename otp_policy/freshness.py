"""
Freshness: when what is published must be looked at again, and how it stands today.

Annex 2.1 of the announcement asks for intervals suited to the kind of information. Which rule
holds for which kind is data of the policy; `Duty` says what each of the four means.

What speaks of a period may be one of a series: the plan of a year, the summary of a month. The
one of the next period does the duty of the one before it, so that only the last of a series, and
whatever a gap follows, is due.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from otp_policy.calendars import (
    ONE_DAY,
    WorkingDays,
    add_months,
    end_of_fiscal_year,
    end_of_month,
)
from otp_policy.entries import Calendar, Duty
from otp_policy.errors import QuestionError
from otp_policy.policy import Policy

__all__ = [
    "Freshness",
    "FreshnessQuestion",
    "FreshnessState",
    "Period",
    "due_on",
    "followed_from",
    "freshness",
]


class FreshnessState(StrEnum):
    """How a piece of information stands on a day."""

    MISSING = "missing"
    CURRENT = "current"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshnessQuestion:
    """
    What is known of one piece of information on the day `on`.

    `covers_until` is the last day that it speaks of, and `followed_from` the first day that the
    next of its series speaks of. `holidays` are days off beside the weekend.
    """

    on: date
    category: str
    kind: str = ""
    first_published_on: date | None = None
    last_reviewed_on: date | None = None
    covers_until: date | None = None
    followed_from: date | None = None
    holidays: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The first and the last day that a piece of information speaks of."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a period ends on `{self.last}`, before it begins")


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """
    The answer: `rule` is the period rule of the duty, as `review_every_months=6`.

    `due_soon_on` is the first day on which it is due soon; None where `due_on` is.
    """

    due_on: date | None
    state: FreshnessState
    clause: str
    rule: str
    due_soon_on: date | None = None


def freshness(policy: Policy, question: FreshnessQuestion) -> Freshness:
    """
    Return when the information is due again, and how it stands.

    Raises:
        QuestionError: `unknown_category`, `unknown_kind`, `not_in_force`, `missing` for
            `covers_until` where `followed_from` is given without it, or `date_out_of_range` if the
            due day lies past year 9999.

    >>> from otp_policy import load_policy
    >>> known = FreshnessQuestion(
    ...     on=date(2026, 11, 23), category="procurement", last_reviewed_on=date(2026, 10, 31)
    ... )
    >>> answer = freshness(load_policy("tpso"), known)
    >>> answer.due_on, answer.state.value, answer.rule
    (datetime.date(2026, 11, 30), 'due_soon', 'review_every_months=1')
    """
    duty = policy.duty(question.category, question.kind, on=question.on)
    if _is_followed(question):
        return Freshness(
            due_on=None, state=FreshnessState.CURRENT, clause=duty.clause, rule=_rule(duty)
        )
    due = _due_on(policy, duty, question)
    soon = None if due is None else _days_before(due, duty.due_soon_days)
    return Freshness(
        due_on=due,
        state=_state(due, soon, on=question.on),
        clause=duty.clause,
        rule=_rule(duty),
        due_soon_on=soon,
    )


def followed_from(period: Period, others: Iterable[Period]) -> date | None:
    """
    Return the first day that a later one of a series speaks of, or None if none is later.

    Args:
        period: What the information speaks of.
        others: What the others of its series speak of; itself among them does no harm.

    >>> january = Period(date(2026, 1, 1), date(2026, 1, 31))
    >>> march = Period(date(2026, 3, 1), date(2026, 3, 31))
    >>> followed_from(january, [january, march])
    datetime.date(2026, 3, 1)
    >>> followed_from(march, [january, march]) is None
    True
    """
    return min((other.first for other in others if other.last > period.last), default=None)


def due_on(
    duty: Duty,
    *,
    base: date,
    calendar: Calendar,
    covers_until: date | None = None,
    holidays: Iterable[date] = (),
) -> date:
    """
    Return the last day on which the next review is still on time.

    Annex 2.1. The rule in months looks at the base day alone. The others look at the period that
    comes next: the one after what is covered, or the one in which the base day lies.

    Args:
        duty: The duty in force.
        base: The day of the last review, or of the first publication if there was none.
        calendar: Says when a fiscal year begins, and which weekdays are free.
        covers_until: The last day that the information covers.
        holidays: Days off beside the weekend.

    Raises:
        OverflowError: If the result lies past year 9999.

    >>> from otp_policy import load_policy
    >>> tpso, day = load_policy("tpso"), date(2026, 10, 31)
    >>> monthly = tpso.duty("procurement", "procurement_monthly_summary", on=day)
    >>> due_on(monthly, base=day, calendar=tpso.calendar(on=day))
    datetime.date(2026, 11, 13)
    """
    if duty.review_every_months is not None:
        return add_months(base, duty.review_every_months)
    starts_month = calendar.fiscal_year_starts_month
    if duty.covers_current_year:
        return covers_until or end_of_fiscal_year(base, starts_month=starts_month)
    since = base if covers_until is None else covers_until + ONE_DAY
    if duty.working_days_after_month_end is not None:
        working_days = WorkingDays.of(calendar, holidays=holidays)
        return working_days.nth_after(end_of_month(since), duty.working_days_after_month_end)
    assert duty.days_after_fiscal_year_end is not None  # a loaded policy gives one of the four
    days = timedelta(days=duty.days_after_fiscal_year_end)
    return end_of_fiscal_year(since, starts_month=starts_month) + days


def _is_followed(question: FreshnessQuestion) -> bool:
    """Tell whether the next of the series goes on where this one ends; a gap is still missing."""
    if question.followed_from is None:
        return False
    if question.covers_until is None:
        raise QuestionError("missing", where="covers_until")
    was_published = _base(question)[1] is not None
    return was_published and question.followed_from - ONE_DAY <= question.covers_until


def _due_on(policy: Policy, duty: Duty, question: FreshnessQuestion) -> date | None:
    where, base = _base(question)
    if base is None:
        return None
    try:
        return due_on(
            duty,
            base=base,
            calendar=policy.calendar(on=question.on),
            covers_until=question.covers_until,
            holidays=question.holidays,
        )
    except OverflowError as error:
        counts_from_cover = question.covers_until and duty.review_every_months is None
        where = "covers_until" if counts_from_cover else where
        raise QuestionError("date_out_of_range", where=where) from error


def _base(question: FreshnessQuestion) -> tuple[str, date | None]:
    """Return the day from which to count, and its name; None if it was never published."""
    if question.last_reviewed_on is not None:
        return "last_reviewed_on", question.last_reviewed_on
    return "first_published_on", question.first_published_on


def _days_before(due: date, days: int) -> date:
    """Return the day so many *days* before, or the first of all days where there is none."""
    return due - timedelta(days=min(days, (due - date.min).days))


def _state(due: date | None, soon: date | None, *, on: date) -> FreshnessState:
    if due is None or soon is None:
        return FreshnessState.MISSING
    if on > due:
        return FreshnessState.OVERDUE
    return FreshnessState.DUE_SOON if on >= soon else FreshnessState.CURRENT


def _rule(duty: Duty) -> str:
    """Return the one period rule of the duty as the policy file writes it, without spaces."""
    if duty.review_every_months is not None:
        return f"review_every_months={duty.review_every_months}"
    if duty.working_days_after_month_end is not None:
        return f"working_days_after_month_end={duty.working_days_after_month_end}"
    if duty.days_after_fiscal_year_end is not None:
        return f"days_after_fiscal_year_end={duty.days_after_fiscal_year_end}"
    return "covers_current_year=true"
