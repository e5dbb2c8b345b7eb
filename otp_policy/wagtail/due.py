"""When the public may expect an item to be looked at again, and how it stands (annex 2.1)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from otp_policy import QuestionError
from otp_policy.calendars import ONE_DAY
from otp_policy.freshness import FreshnessQuestion, FreshnessState, freshness

from .conf import current_policy, office_day
from .live_series import Follower, LiveSeries, place_of
from .models.holidays import holidays_from


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFacts:
    """
    What the due day follows from.

    `reviewed_at` is the instant of the publication, or of an attestation since; None if the item
    was never published. `covers_until` is the last day that it speaks of; `followed_by` is the item
    that speaks of the next period; `holder_until` is the last day of the office holder whom it is
    tied to.
    """

    category: str
    kind: str
    reviewed_at: datetime | None
    covers_until: date | None = None
    followed_by: Follower | None = None
    holder_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """
    When an item was looked at last, when it is due, and the clause and rule that ask for it.

    `due_on` is None where the item of the next period, `followed_by`, does the duty of this one,
    and where the item was never published. From `due_soon_on` on it is due soon.
    """

    last_reviewed_on: date | None
    due_on: date | None
    state: FreshnessState
    clause: str
    rule: str
    followed_by: Follower | None = None
    due_soon_on: date | None = None

    @property
    def is_due(self) -> bool:
        """Tell whether the review is due soon, or late."""
        return self.state is not FreshnessState.CURRENT


class Holidays:
    """The holidays from a day on, read when a duty that counts working days asks for them."""

    def __init__(self, since: date) -> None:
        self.since = since
        self._read: tuple[date, ...] | None = None

    def for_duty(self, category: str, kind: str, *, on: date) -> tuple[date, ...]:
        """Return the holidays where the duty counts working days; none where it does not."""
        if current_policy().duty(category, kind, on=on).working_days_after_month_end is None:
            return ()
        if self._read is None:
            self._read = tuple(holidays_from(self.since))
        return self._read


def review_of(facts: ReviewFacts, *, on: date, holidays: Holidays) -> Review | None:
    """
    Return the review of an item; None where the policy says nothing of it.

    Whoever approves a text has looked at it, so the last publication counts as a review, and so
    does an approved attestation.
    """
    if not current_policy().is_in_force(on):
        return None
    reviewed_on = office_day(facts.reviewed_at) if facts.reviewed_at else None
    # A page type may name a kind that this office's policy has no interval for.
    kind = facts.kind if facts.kind in current_policy().kinds else ""
    try:
        question = FreshnessQuestion(
            on=on,
            category=facts.category,
            kind=kind,
            last_reviewed_on=reviewed_on,
            covers_until=facts.covers_until,
            followed_from=facts.followed_by.period.first if facts.followed_by else None,
            holidays=holidays.for_duty(facts.category, kind, on=on),
        )
        answer = freshness(current_policy(), question)
    except QuestionError:
        return None  # a category that this office's policy does not know
    due_on, due_soon_on, state = answer.due_on, answer.due_soon_on, answer.state
    if due_on and facts.holder_until is not None and facts.holder_until < min(on, due_on):
        # Who declared it is gone: it is due at once, whatever the interval says.
        due_on = due_soon_on = facts.holder_until + ONE_DAY
        state = FreshnessState.OVERDUE if due_on < on else FreshnessState.DUE_SOON
    return Review(
        last_reviewed_on=reviewed_on,
        due_on=due_on,
        state=state,
        clause=answer.clause,
        rule=answer.rule,
        # With a gap between the two, what is missing in it is still to come.
        followed_by=facts.followed_by if due_on is None else None,
        due_soon_on=due_soon_on,
    )


def facts_of(page: Any, reviewed_at: datetime) -> ReviewFacts:
    """Return what the due day of *page* follows from."""
    covers_until = page.covers_until
    # A page type of an agency may say what it covers, and be in no series.
    followed_by = LiveSeries([type(page)]).follower(place_of(page)) if covers_until else None
    return ReviewFacts(
        category=page.disclosure_category,
        kind=page.disclosure_kind,
        reviewed_at=reviewed_at,
        covers_until=covers_until,
        followed_by=followed_by,
        holder_until=page.holder_until(),
    )
