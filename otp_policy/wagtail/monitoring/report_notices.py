"""Who is told of a reader's report, and until when it waits."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from otp_policy.wagtail.askers import Asker
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.models import LedgerEntry, NoticeKind
from otp_policy.wagtail.models.notices import Subject
from otp_policy.wagtail.notices import About, put
from otp_policy.wagtail.recipients import who_has_authority

from .models import ErrorReport

__all__ = ["REPORT_TELLERS", "report_asker", "report_link"]


def tell_division(entry: LedgerEntry, body: Mapping[str, Any], page: Any) -> None:
    """Tell who prepares the item: once a day of each, however many readers report it."""
    _tell(f"report:{page.pk}:{office_day(entry.at)}", page, "error_reported")


def _tell(event: str, page: Any, what: str) -> None:
    put(
        event,
        who_has_authority(page, "prepare"),
        kind=NoticeKind.DECIDE,
        what=what,
        about=About(page=page, subject=Subject.REPORT, subject_id=page.pk),
    )


def tell_of_links(entry: LedgerEntry, body: Mapping[str, Any], page: Any) -> None:
    """Tell who prepares the item that links in it do not open."""
    _tell(f"links:{body['report']}", page, "links_broken")


REPORT_TELLERS: Mapping[str, Any] = {
    "report_error": tell_division,
    "report_links": tell_of_links,
}


def report_link(notice: Any) -> str:
    """Return where a notice of a report leads."""
    return reverse("otp_policy_monitoring:reports")


def _waiting(now: datetime) -> Iterator[Any]:
    # The policy sets no time for what readers report.
    return iter(())


def _nobody(key: int, page: Any) -> list[Any]:
    return []


def _over(unread: QuerySet[Any]) -> Iterator[QuerySet[Any]]:
    still = ErrorReport.objects.filter(page_id=OuterRef("page_id"), state=ErrorReport.State.OPEN)
    yield unread.filter(~Exists(still))


report_asker = Asker(subject=Subject.REPORT, waiting=_waiting, answerers=_nobody, over=_over)
