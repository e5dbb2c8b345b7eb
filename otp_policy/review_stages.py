"""Which reminder of a review is reached on a day, by the due day alone. It reads no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from otp_policy.entries import ReviewReminder

__all__ = ["ReviewStage", "stages_on"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewStage:
    """
    What is reached by the reviews that were, or will be, due from `first` to `last`.

    `offset` counts the days after the due day; before it, it is negative. `to` are the roles.
    """

    offset: int
    first: date
    last: date
    to: tuple[str, ...]


def stages_on(reminders: Iterable[ReviewReminder], *, on: date) -> tuple[ReviewStage, ...]:
    """
    Return the stages that reviews have reached on the day *on*, the furthest first.

    Every due day lies in one stage at most: the furthest that it has reached. Whoever did not look
    for a while is told of that one alone, and not of all that went before it.

    >>> from otp_policy import load_policy
    >>> day = date(2026, 11, 30)
    >>> stages = stages_on(load_policy("tpso").review_reminders(on=day), on=day)
    >>> [(stage.offset, stage.last.isoformat()) for stage in stages]
    [(30, '2026-10-31'), (7, '2026-11-23'), (0, '2026-11-30'), (-14, '2026-12-14')]
    """
    roles: dict[int, tuple[str, ...]] = {}
    for one in reminders:
        roles[one.offset] = tuple(dict.fromkeys((*roles.get(one.offset, ()), *one.to)))
    stages = []
    first = date.min
    for offset in sorted(roles, reverse=True):
        last = on - timedelta(days=offset)
        stages.append(ReviewStage(offset=offset, first=first, last=last, to=roles[offset]))
        first = last + timedelta(days=1)
    return tuple(stages)
