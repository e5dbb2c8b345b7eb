"""Which yearly report is owed and until when (annex 2.1); see `otp_policy.reporting`."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Exists, Min, OuterRef

from otp_policy.reporting import WHOLE_YEAR, ReportDue, report_due
from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.models import LedgerEntry

from .models import Report, ReportDecision, Submission
from .periods import period, report_entry, starts_month

__all__ = ["Duty", "DutyState", "duty_on", "waiting_reports"]


class DutyState(StrEnum):
    """How the duty to report stands on a day."""

    NOT_DUE = "not_due"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """The yearly report that is owed, as it stands on a day; `clause` is that of the policy."""

    owed: ReportDue
    state: DutyState
    clause: str
    every_months: int
    was_reported: bool

    @property
    def due_on(self) -> date:
        return self.owed.due_on


def duty_on(on: date | None = None) -> Duty | None:
    """Return the yearly report that is owed on a day, or None where the policy asks for none."""
    on = on or office_day()
    entry = report_entry(on)
    if entry is None:
        return None
    reported = _reported(entry.code)
    owed = report_due(
        entry,
        reported=reported,
        begins_on=begins_on(on, not_before=entry.effective_from),
        starts_month=starts_month(on),
    )
    return Duty(
        owed=owed,
        state=_state(owed.due_on, on),
        clause=entry.clause,
        every_months=entry.every_months,
        was_reported=bool(reported),
    )


def begins_on(on: date, *, not_before: date) -> date:
    """Return the first day of which the office's ledger tells, and the policy asks for a report."""
    first = LedgerEntry.objects.order_by("seq").values_list("at", flat=True).first()
    return max(office_day(first) if first else on, not_before)


def _reported(code: str) -> dict[int, date]:
    """Return the day on which each fiscal year was reported first; what was returned is none."""
    returned = ReportDecision.objects.filter(
        submission=OuterRef("pk"), kind=ReportDecision.Kind.RETURN
    )
    rows = Submission.objects.filter(report__code=code, report__quarter=WHOLE_YEAR)
    first = (
        rows.filter(~Exists(returned))
        .order_by()
        .values_list("report__year")
        .annotate(first=Min("at"))
    )
    return {year: office_day(at) for year, at in first}


def first_reminder(on: date) -> int:
    """Return how many days before the due day people are reminded first."""
    offsets = [one.offset for one in current_policy().review_reminders(on=on)]
    return max(0, -min(offsets, default=0))


def _state(due_on: date, on: date) -> DutyState:
    if due_on < on:
        return DutyState.OVERDUE
    soon = due_on - timedelta(days=first_reminder(on))
    return DutyState.DUE_SOON if soon <= on else DutyState.NOT_DUE


def waiting_reports() -> list[Report]:
    """Return the reports that wait for the executives, oldest first."""
    rows = Report.objects.filter(state=Report.State.SUBMITTED)
    return sorted(rows, key=lambda one: period(one.year, one.quarter).last)
