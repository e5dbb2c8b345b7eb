"""The working of a deadline: one line for each day that was looked at, and for each event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from otp_policy.calendars import in_words
from otp_policy.vocabulary import EventKind

__all__ = ["WorkingLine", "WorkingReason"]


class WorkingReason(StrEnum):
    """Why a day counts or does not, and what an event does. The values are stable codes."""

    RECEIVED = "received"
    COUNTED = "counted"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    PAUSED = "paused"
    DUE = "due"
    DAYS_LEFT = "days_left"
    PAUSE_BEGINS = "pause_begins"
    PAUSE_ENDS = "pause_ends"
    OTHER_PAUSE = "other_pause"
    DUE_DATE_STANDS = "due_date_stands"
    NEW_DATE = "new_date"
    TOO_LATE = "too_late"
    NOT_EXTENDABLE = "not_extendable"
    CLOSED = "closed"
    NO_USE = "no_use"


WORDS = {
    WorkingReason.RECEIVED: "received, not counted",
    WorkingReason.COUNTED: "day {number} of {total}",
    WorkingReason.WEEKEND: "weekend",
    WorkingReason.HOLIDAY: "holiday",
    WorkingReason.PAUSED: "paused, not counted",
    WorkingReason.DUE: "due",
    WorkingReason.DAYS_LEFT: "the clock stands, days left: {number}",
    WorkingReason.PAUSE_BEGINS: "the clock stands from the next day",
    WorkingReason.PAUSE_ENDS: "the clock goes on from the next day",
    WorkingReason.OTHER_PAUSE: "the clock still stands for another reason",
    WorkingReason.DUE_DATE_STANDS: "no day is left to count, the due date stands",
    WorkingReason.NEW_DATE: "the new date is {until}",
    WorkingReason.TOO_LATE: "it came after the due date and changes nothing",
    WorkingReason.NOT_EXTENDABLE: "this clock cannot be extended",
    WorkingReason.CLOSED: "the case is closed",
    WorkingReason.NO_USE: "it changes nothing on this clock",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingLine:
    """
    One line: the day, the event if it is about one, and the reasons in order.

    `number` and `total` go with `counted` (which day of how many); `number` with `days_left`;
    `until` with `new_date`.
    """

    on: date
    reasons: tuple[WorkingReason, ...]
    event: EventKind | None = None
    number: int = 0
    total: int = 0
    until: date | None = None

    @property
    def why(self) -> str:
        """The line as a person reads it, as `Monday 7 December 2026: holiday`."""
        return _why(self)


def _why(line: WorkingLine) -> str:
    until = "" if line.until is None else in_words(line.until)
    words = [] if line.event is None else [line.event.replace("_", " ")]
    for reason in line.reasons:
        words.append(WORDS[reason].format(number=line.number, total=line.total, until=until))
    return f"{in_words(line.on)}: {', '.join(words)}"
