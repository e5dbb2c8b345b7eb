"""The working of a due date in the reader's language: one line for each day and each event."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from otp_policy.clocks import Deadline, DeadlineState
from otp_policy.wagtail.wording import office_date
from otp_policy.working import WorkingLine, WorkingReason

from .models import CaseEvent

__all__ = ["WorkingWords", "state_name", "words_of"]

_REASONS = {
    WorkingReason.RECEIVED: _("received, not counted"),
    WorkingReason.COUNTED: _("day %(number)s of %(total)s"),
    WorkingReason.WEEKEND: _("weekend"),
    WorkingReason.HOLIDAY: _("holiday"),
    WorkingReason.PAUSED: _("the clock stands, not counted"),
    WorkingReason.DUE: _("due"),
    WorkingReason.DAYS_LEFT: _("the clock stands, days left: %(number)s"),
    WorkingReason.PAUSE_BEGINS: _("the clock stands from the next day"),
    WorkingReason.PAUSE_ENDS: _("the clock goes on from the next day"),
    WorkingReason.OTHER_PAUSE: _("the clock still stands for another reason"),
    WorkingReason.DUE_DATE_STANDS: _("no day is left to count, the due date stands"),
    WorkingReason.NEW_DATE: _("the new date is %(until)s"),
    WorkingReason.TOO_LATE: _("it came after the due date and changes nothing"),
    WorkingReason.NOT_EXTENDABLE: _("this clock cannot be extended"),
    WorkingReason.CLOSED: _("the case is closed"),
    WorkingReason.NO_USE: _("it changes nothing on this clock"),
}
_STATES = {
    DeadlineState.OPEN: _("open"),
    DeadlineState.PAUSED: _("the clock stands"),
    DeadlineState.DUE_SOON: _("due soon"),
    DeadlineState.OVERDUE: _("overdue"),
    DeadlineState.CLOSED_ON_TIME: _("closed in time"),
    DeadlineState.CLOSED_LATE: _("closed late"),
}


@dataclass(frozen=True, slots=True)
class WorkingWords:
    """One line of the working."""

    on: date
    words: str


def state_name(state: DeadlineState) -> str:
    """Return how a case stands, in words."""
    return str(_STATES[state])


def words_of(answer: Deadline) -> list[WorkingWords]:
    """Return the working in words; the same facts as the core's own lines."""
    return [WorkingWords(line.on, _line(line)) for line in answer.working]


def _line(line: WorkingLine) -> str:
    told = {"number": line.number, "total": line.total, "until": office_date(line.until)}
    words = [] if line.event is None else [str(CaseEvent.Kind(line.event.value).label)]
    words += [str(_REASONS[reason]) % told for reason in line.reasons]
    return ", ".join(words)
