"""
A reader reports an error, and it becomes a task of the division that owns the item (annex 2.1).

The ledger and the notices have that there is a report; what the reader wrote stands in the report
alone.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.adapters import ask, has_authority
from otp_policy.wagtail.authority import Authority
from otp_policy.wagtail.held import held_for
from otp_policy.wagtail.messages import under_step
from otp_policy.wagtail.models import Publication
from otp_policy.wagtail.publishing import governed_page
from otp_policy.wagtail.readable import readable_pages
from otp_policy.wagtail.recording import record
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.statements import says_something

from .access import may_coordinate
from .models import ErrorReport

__all__ = ["close_report", "may_close", "open_reports", "reportable", "take_report"]

NOT_OPEN = under_step(_("This report is closed already."), "respond")
NOTE_MISSING = under_step(_("Say what was done, or why nothing is wrong."), "respond")
NO_SUCH_END = under_step(_("Say whether it was put right, or nothing is wrong."), "respond")
# What a desk shows at once; the list has them all.
_MOST = 50


def reportable(page_id: int) -> tuple[Any, Publication] | None:
    """Return the item and its publication, if everybody can read it now."""
    publication = Publication.objects.filter(page_id=page_id, ended_at=None).first()
    if publication is None or not readable_pages().filter(pk=page_id).exists():
        return None
    page = governed_page(page_id)
    return (page, publication) if page is not None else None


@transaction.atomic
def take_report(page: Any, publication: Publication, *, kind: str, text: str) -> ErrorReport:
    """Keep a reader's report on what is live as *publication*."""
    report = ErrorReport.objects.create(
        page_id=page.pk,
        title=page.title,
        unit=page.owning_unit,
        category=page.disclosure_category,
        digest=publication.digest,
        kind=kind,
        text=text.strip(),
        at=timezone.now(),
    )
    record(
        "report_error",
        user=None,
        page_id=page.pk,
        digest=publication.digest,
        report=report.pk,
        kind=kind,
    )
    return report


@transaction.atomic
def close_report(report: ErrorReport, user: Any, *, state: str, note: str) -> None:
    """
    Say what became of a report, as its division or as whoever coordinates.

    Raises:
        PolicyRefusal: If *user* is neither, the report is closed, or the end or its note lacks.
    """
    rows = ErrorReport.objects.select_for_update(of=("self",)).select_related("unit")
    report = rows.get(pk=report.pk)
    page = governed_page(report.page_id)
    refused = [] if report.is_open else [NOT_OPEN]
    refused += [] if says_something(note) else [NOTE_MISSING]
    ends = (ErrorReport.State.FIXED, ErrorReport.State.NOTHING_WRONG)
    refused += [] if state in ends else [NO_SUCH_END]
    if not may_close(report, user) and page is not None:
        raise PolicyRefusal.of(ask(page, "prepare", user), report.title, *refused)
    if refused or not may_close(report, user):
        raise PolicyRefusal(report.title, also=refused)
    report.state, report.note = state, note.strip()
    report.closed_by, report.closed_at = user, timezone.now()
    report.save()
    held = held_for(page, "prepare", "confirm_slot", user=user) if page is not None else {}
    record(
        "close_report",
        user=user,
        page_id=report.page_id,
        report=report.pk,
        outcome=state,
        note=report.note,
        **held,
    )


def may_close(report: ErrorReport, user: Any) -> bool:
    """Tell whether *user* prepares the item, or coordinates; of a page that is gone, the latter."""
    page = governed_page(report.page_id)
    prepares = page is not None and has_authority(ask(page, "prepare", user))
    return prepares or may_coordinate(user)


def open_reports(user: Any) -> list[ErrorReport]:
    """Return the open reports that wait for the division of *user*, the oldest first."""
    authority = Authority.of(user)
    rows = ErrorReport.objects.filter(state=ErrorReport.State.OPEN).select_related("unit")
    return [
        row
        for row in rows.order_by("at", "pk")[:_MOST]
        if authority.holds("prepare", category=row.category, unit=row.unit.code)
    ]
