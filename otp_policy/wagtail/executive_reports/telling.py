"""Who is told of a report, and until when a notice asks for something."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from otp_policy.wagtail.askers import Asker
from otp_policy.wagtail.models import NoticeKind
from otp_policy.wagtail.models.notices import Subject
from otp_policy.wagtail.notices import About, put

from .access import executives, unit_people
from .models import Report, ReportDecision, Submission
from .periods import name_of, report_entry

__all__ = ["about_year", "report_asker", "report_link", "tell_executives", "tell_unit"]

# What a notice about a year that nobody has reported on yet is about.
NO_REPORT = 0


def tell_executives(report: Report, submission: Submission) -> None:
    """Ask the executives to acknowledge what was submitted, but for whoever worked on it."""
    put(
        f"report_submitted:{submission.pk}",
        executives(),
        kind=NoticeKind.DECIDE,
        what="ask_acknowledge_report",
        about=about(report, asks=True),
        but=_who_worked(report),
    )


def tell_unit(report: Report, decision: ReportDecision) -> None:
    """Tell the unit what the executives decided."""
    put(
        f"report_decided:{decision.pk}",
        unit_people(),
        kind=NoticeKind.ANSWER,
        what=f"report_{decision.kind}",
        about=about(report),
        but=[str(decision.by_id)],
    )


def about(report: Report, *, asks: bool = False) -> About:
    """Return what a notice about *report* is about; *asks* whether it asks for a decision."""
    return About(
        page=None,
        title=name_of(report.year, report.quarter),
        unit=_unit(),
        subject=Subject.EXECUTIVES if asks else "",
        subject_id=report.pk if asks else NO_REPORT,
    )


def about_year(year: int) -> About:
    """Return what a notice about a fiscal year without a report is about."""
    return About(page=None, title=name_of(year), unit=_unit())


def _unit() -> str:
    entry = report_entry()
    return entry.unit if entry else ""


def _who_worked(report: Report) -> list[str]:
    keys = {*report.preparations.values_list("by", flat=True)}
    return [str(key) for key in keys | {*report.submissions.values_list("by", flat=True)}]


def report_link(notice: Any) -> str:
    """Return where a notice of a report leads."""
    if notice.subject_id:
        return reverse("otp_policy_executive_reports:report", args=(notice.subject_id,))
    return reverse("otp_policy_executive_reports:reports")


def _waiting(now: datetime) -> Iterator[Any]:
    # The reminders are the report's own: its days are the policy's for reviews.
    return iter(())


def _nobody(key: int, page: Any) -> list[Any]:
    return []


def _over(unread: QuerySet[Any]) -> Iterator[QuerySet[Any]]:
    """Return the notices that ask for a decision that was taken."""
    still = Report.objects.filter(pk=OuterRef("subject_id"), state=Report.State.SUBMITTED)
    yield unread.filter(~Exists(still))


report_asker = Asker(subject=Subject.EXECUTIVES, waiting=_waiting, answerers=_nobody, over=_over)
