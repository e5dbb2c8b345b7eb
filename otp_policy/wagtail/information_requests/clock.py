"""When a case is due: the core's clock, asked with the events and the table of holidays."""

from datetime import date
from typing import Any

from otp_policy.clocks import Deadline, DeadlineQuestion, Event, deadline
from otp_policy.entries import Clock
from otp_policy.vocabulary import EventKind
from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.laws import INFORMATION_ACT, law_in_force
from otp_policy.wagtail.models.holidays import holidays_from

from .models import CaseEvent, InformationRequest

__all__ = ["CLOCK", "clock_of", "deadline_of", "last_day_to", "set_due_day", "standing_pauses"]

CLOCK = "information_request"


def clock_of(case: InformationRequest) -> Clock:
    """Return the clock of *case*, as it was in force when it came."""
    policy = current_policy()
    since = max(case.received_on, policy.document.commencement.effective_from)
    return policy.clock(case.clock, on=since)


def deadline_of(
    case: InformationRequest,
    *,
    on: date | None = None,
    events: list[Any] | None = None,
    holidays: list[date] | None = None,
) -> Deadline:
    """
    Return when *case* is due on a day, and the working.

    Args:
        on: Default: today in the office.
        events: The events on the clock, if they are at hand already.
        holidays: The table from the day of receipt on, if it is at hand already.
    """
    if events is None:
        events = list(case.events.filter(kind__in=CaseEvent.ON_THE_CLOCK))
    if holidays is None:
        holidays = holidays_from(case.received_on)
    question = DeadlineQuestion(
        on=on or office_day(),
        clock=case.clock,
        received_on=case.received_on,
        events=tuple(
            Event(kind=EventKind(row.kind), on=row.on, until=row.until)
            for row in events
            if row.kind in CaseEvent.ON_THE_CLOCK
        ),
        holidays=tuple(holidays),
    )
    return deadline(current_policy(), question)


def set_due_day(case: InformationRequest, answer: Deadline) -> bool:
    """Write on *case* in memory what *answer* says, and tell whether the due day moved."""
    moved = answer.due_on != case.due_on
    case.due_on = answer.due_on
    case.is_paused = answer.due_on is None
    if moved:
        case.reminded = InformationRequest.Reminded.NO
    return moved


def standing_pauses(case: InformationRequest) -> set[EventKind]:
    """Return what makes the clock stand now: the events that began pauses which have not ended."""
    standing: dict[EventKind, EventKind] = {}
    pauses = clock_of(case).pauses
    kinds = case.events.filter(kind__in=CaseEvent.ON_THE_CLOCK).values_list("kind", "on", "pk")
    for kind, _on, _pk in sorted(kinds, key=lambda row: (row[1], row[2])):
        for pause in pauses:
            if pause.ends == kind:
                standing.pop(pause.begins, None)
        for pause in pauses:
            if pause.begins == kind:
                standing[pause.begins] = pause.ends
    return set(standing)


def last_day_to(clock: str, *, since: date) -> tuple[date, Clock]:
    """
    Return the last day of another clock of the Act that begins on *since*, and the clock.

    Raises:
        LookupError: If the law file has no such clock in force on that day.
    """
    entries = [each for each in law_in_force(INFORMATION_ACT).clock if each.code == clock]
    if not entries:
        raise LookupError(f"no clock `{clock}` in the law file")
    question = DeadlineQuestion(
        on=since, clock=clock, received_on=since, holidays=tuple(holidays_from(since))
    )
    answer = deadline(current_policy(), question)
    assert answer.due_on is not None  # nothing has happened that could make it stand
    return answer.due_on, current_policy().clock(clock, on=since)
