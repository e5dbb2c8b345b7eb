"""
The addresses that tell the public what was withdrawn and why: they stay (annex 1 step 5).

Deleting, moving or renaming such a page, or a section above it, would turn the answer into "not
found". Only break-glass lets it happen, and the ledger then says whose address fell silent.
"""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from .. import emergency
from ..held import as_row
from ..messages import under_step
from ..models import Withdrawal, is_governed
from ..recording import record
from ..refusals import PolicyRefusal

TELLS_OF_ITS_WITHDRAWAL = under_step(
    _(
        "“%(page)s” was withdrawn, and its address tells the public so. It stays; only "
        "break-glass, by two persons, deletes or moves it."
    ),
    "withdraw",
)


def at_or_below(page_id: int | None) -> QuerySet:
    """Return the pages at or below this one whose address tells that they were withdrawn."""
    stored = Page.objects.filter(pk=page_id or 0).values_list("path", flat=True).first()
    if stored is None:
        return Page.objects.none()
    taken_down = Withdrawal.objects.filter(down_at__isnull=False).values("page_id")
    below = Page.objects.filter(path__startswith=stored, live=False, pk__in=taken_down)
    return below.order_by("path")


def keep(page: Any) -> None:
    """
    Keep every tombstone at or below *page* where it is.

    Raises:
        PolicyRefusal: If there is one, and break-glass is not open.
    """
    if emergency.current() is not None:
        for withdrawn in at_or_below(page.pk):
            _record_end(withdrawn.pk)
    elif (found := at_or_below(page.pk).first()) is not None:
        _refuse(page.title, found.title)


def refuse_deletion(page: Any) -> None:
    """Refuse to begin the deletion of *page*; each row that goes is asked about by itself."""
    if emergency.current() is None:
        keep(page)


def keep_row(page: Any) -> None:
    """Keep *page* itself, one of the rows that a deletion takes along."""
    stands = Withdrawal.objects.filter(page_id=page.pk or 0, down_at__isnull=False)
    if not is_governed(page) or not stands.exists():
        return
    if emergency.current() is None:
        _refuse(page.title, page.title)
    if type(page) is not Page:  # each page is two rows, and goes once
        _record_end(page.pk)


def _refuse(title: str, withdrawn: str) -> None:
    raise PolicyRefusal(title, also=[str(TELLS_OF_ITS_WITHDRAWAL) % {"page": withdrawn}])


def _record_end(page_id: int) -> None:
    opened = emergency.current()
    last = Withdrawal.objects.filter(page_id=page_id, down_at__isnull=False).latest("down_at")
    record(
        "end_tombstone",
        user=opened.by,
        page_id=page_id,
        digest=last.publication.digest,
        second=opened.second.get_username(),
        break_glass=opened.started_seq,
        reason=opened.reason,
        **as_row(opened.held),
    )
