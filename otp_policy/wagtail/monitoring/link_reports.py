"""What a check of links finds wrong becomes a task of the division that owns the item."""

from collections import defaultdict

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from otp_policy.wagtail.recording import record

from .error_reports import reportable
from .link_targets import DOCUMENT, PAGE
from .models import ErrorReport, ItemLink, LinkTarget

__all__ = ["report_broken_links", "shown_target"]

# As long as what a reader may write.
_LONGEST = 1000
_OPEN = ErrorReport.State.OPEN


@transaction.atomic
def report_broken_links(page_id: int | None = None) -> None:
    """
    Make a task of each item with links that do not open, and close what is in order again.

    An item has at most one such task; it names the links that are broken now.
    """
    links = ItemLink.objects.filter(target__state=LinkTarget.State.BROKEN)
    open_ones = ErrorReport.objects.filter(is_of_check=True, state=_OPEN)
    if page_id is not None:
        links, open_ones = links.filter(page_id=page_id), open_ones.filter(page_id=page_id)
    broken: dict[int, list[str]] = defaultdict(list)
    for page, url in links.order_by("page_id", "pk").values_list("page_id", "target__url"):
        broken[page].append(url)
    tasks = {report.page_id: report for report in open_ones.select_for_update()}
    for page, report in tasks.items():
        if page not in broken:
            _close(report)
    for page, urls in broken.items():
        _report(page, _told(urls), tasks.get(page))


def shown_target(url: str) -> str:
    """Return how a target is told to people."""
    if url.startswith(PAGE):
        return gettext("the page with number %(key)s") % {"key": url.removeprefix(PAGE)}
    if url.startswith(DOCUMENT):
        return gettext("the file with number %(key)s") % {"key": url.removeprefix(DOCUMENT)}
    return url


def _told(urls: list[str]) -> str:
    text = "\n".join(shown_target(url) for url in urls)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _report(page_id: int, text: str, task: ErrorReport | None) -> None:
    if task is not None:
        if task.text != text:
            task.text = text
            task.save(update_fields=["text"])
        return
    if (found := reportable(page_id)) is None:
        return
    page, publication = found
    report = ErrorReport.objects.create(
        page_id=page.pk,
        title=page.title,
        unit=page.owning_unit,
        category=page.disclosure_category,
        digest=publication.digest,
        kind=ErrorReport.Kind.LINK,
        text=text,
        is_of_check=True,
        at=timezone.now(),
    )
    record("report_links", user=None, page_id=page.pk, digest=publication.digest, report=report.pk)


def _close(report: ErrorReport) -> None:
    report.state, report.note = ErrorReport.State.FIXED, gettext("Its links open again.")
    report.closed_at = timezone.now()
    report.save()
    record(
        "close_report",
        user=None,
        page_id=report.page_id,
        report=report.pk,
        outcome=report.state,
        note=report.note,
    )
