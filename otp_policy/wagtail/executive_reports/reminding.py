"""
Reminds of the report to the executives, before, on and after its day, each once (annex 2.1).

The days are those of the policy's reminders of reviews (`[[review_reminder]]`); who is told
follows from the step: the unit that reports, and after that day the executives too.
"""

import logging
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from otp_policy.review_stages import ReviewStage as Stage
from otp_policy.review_stages import stages_on
from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.models import NoticeKind
from otp_policy.wagtail.notices import About, put
from otp_policy.wagtail.recording import record

from .access import executives, unit_people
from .duty import duty_on, waiting_reports
from .models import Report, ReportStage, Submission
from .periods import report_entry
from .telling import about, about_year

__all__ = ["remind_of_reports"]

logger = logging.getLogger(__name__)
About_ = ReportStage.About


def remind_of_reports(now: datetime | None = None) -> int:
    """Remind of the report that is owed and of those that wait; return how many reminders."""
    now = now or timezone.now()
    on = office_day(now)
    stages = stages_on(current_policy().review_reminders(on=on), on=on)
    if report_entry(on) is None or not stages:
        return 0
    reminded = 0
    for work in (_of_missing, _of_waiting):
        try:
            reminded += work(stages, on, now)
        except Exception:
            # What fails for one must not keep the other from being told.
            logger.exception("reports: %s failed", work.__name__)
    return reminded


def _of_missing(stages: tuple[Stage, ...], on: date, now: datetime) -> int:
    """Remind of the yearly report that nobody has submitted."""
    duty, stage = duty_on(on), None
    if duty is not None:
        stage = _reached(stages, duty.due_on)
    if duty is None or stage is None:
        return 0
    people = unit_people(on) + (executives(on) if stage.offset > 0 else [])
    return _once(
        About_.SUBMIT,
        key=duty.owed.year,
        due_on=duty.due_on,
        stage=stage,
        people=people,
        what=_what("report_missing", stage.offset),
        about=about_year(duty.owed.year),
        now=now,
    )


def _of_waiting(stages: tuple[Stage, ...], on: date, now: datetime) -> int:
    """Remind the executives of what waits for them, counted from its submission."""
    reminded = 0
    for report in waiting_reports():
        since = office_day(_submitted_at(report))
        stage = _reached(stages, since)
        if stage is None or stage.offset <= 0:
            continue
        reminded += _once(
            About_.ACKNOWLEDGE,
            key=report.pk,
            due_on=since,
            stage=stage,
            people=executives(on) + unit_people(on),
            what="report_waits",
            about=about(report, asks=True),
            now=now,
        )
    return reminded


def _submitted_at(report: Report) -> datetime:
    return Submission.objects.filter(report=report).latest("pk").at


def _reached(stages: tuple[Stage, ...], due_on: date) -> Stage | None:
    return next((stage for stage in stages if stage.first <= due_on <= stage.last), None)


def _what(code: str, offset: int) -> str:
    if offset < 0:
        return f"{code}_soon"
    return f"{code}_today" if offset == 0 else f"{code}_late"


@transaction.atomic
def _once(
    subject: str,
    *,
    key: int,
    due_on: date,
    stage: Stage,
    people: list[Any],
    what: str,
    about: About,
    now: datetime,
) -> int:
    entry = report_entry(office_day(now))
    assert entry is not None  # asked by whoever calls
    given = {"code": entry.code, "about": subject, "key": key, "due_on": due_on}
    _row, is_new = ReportStage.objects.get_or_create(
        **given, offset=stage.offset, defaults={"at": now}
    )
    if not is_new:
        return 0
    put(
        f"report_{subject}:{key}:{due_on}:{stage.offset}",
        people,
        kind=NoticeKind.REMINDER if stage.offset <= 0 else NoticeKind.ESCALATION,
        what=what,
        about=about,
    )
    if stage.offset > 0:
        record(
            "escalate_report",
            user=None,
            unit=entry.unit,
            about=str(subject),
            key=key,
            due_on=due_on.isoformat(),
            days_after_due=stage.offset,
            told=sorted({str(user.pk) for user in people}),
        )
    return 1
