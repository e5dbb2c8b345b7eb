"""When a step that waits is due for a reminder, and when it is told on. It reads no clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from otp_policy.calendars import WorkingDays
from otp_policy.entries import Wait

__all__ = ["Stage", "stages_reached", "waits_until"]


class Stage(StrEnum):
    """What follows when a step has waited too long, in this order."""

    REMIND = "remind"
    ESCALATE = "escalate"


def waits_until(
    wait: Wait, stage: Stage, *, since: datetime, urgent: bool, working_days: WorkingDays
) -> datetime:
    """
    Return the instant from which *stage* is due for what waits since *since*.

    The same time of day, so many working days later, the day of *since* not counted; for an
    urgent item so many hours later, days off or not.

    Args:
        since: An instant in the agency's time zone.
        working_days: The working days of the calendar and of the table of holidays.

    Raises:
        OverflowError: If the day lies past year 9999.
    """
    remind = stage is Stage.REMIND
    if urgent:
        hours = wait.urgent_remind_after_hours if remind else wait.urgent_escalate_after_hours
        return since + timedelta(hours=hours)
    days = wait.remind_after_working_days if remind else wait.escalate_after_working_days
    due_on = working_days.nth_after(since.date(), days)
    return since + (due_on - since.date())


def stages_reached(
    wait: Wait, *, since: datetime, now: datetime, urgent: bool, working_days: WorkingDays
) -> tuple[Stage, ...]:
    """Return the stages that are due at *now*, in their order; see `waits_until`."""
    return tuple(
        stage
        for stage in Stage
        if now >= waits_until(wait, stage, since=since, urgent=urgent, working_days=working_days)
    )
