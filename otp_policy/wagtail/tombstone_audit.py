"""Finds addresses that told the public of a withdrawal, and fell silent past the gate."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from wagtail.models import Page

from .addresses import addresses_of, url_path_of
from .evidence_audit import body_of
from .models import LedgerEntry, Withdrawal

_BATCH = 200


def tombstone_findings() -> Iterator[dict[str, Any]]:
    """Yield the words of a finding for every tombstone that is not where the ledger has it."""
    down = Withdrawal.objects.filter(down_at__isnull=False).order_by("page_id")
    keys = list(down.values_list("page_id", flat=True).distinct())
    for start in range(0, len(keys), _BATCH):
        batch = keys[start : start + _BATCH]
        pages = Page.objects.in_bulk(batch)
        for key, taken_down in _last_taken_down(batch).items():
            yield from _tombstone(pages.get(key), taken_down)


def _last_taken_down(page_ids: list[int]) -> dict[int, LedgerEntry]:
    """Return the row of each page's last takedown, but where break-glass ended its tombstone."""
    rows = LedgerEntry.objects.filter(
        page_id__in=page_ids, action__in=("take_down", "end_tombstone")
    )
    last = {row.page_id: row for row in rows.order_by("seq")}
    return {key: row for key, row in last.items() if row.action == "take_down"}


def _tombstone(page: Page | None, taken_down: LedgerEntry) -> Iterator[dict[str, Any]]:
    told_at = body_of(taken_down.body).get("addresses", [])
    if page is None:
        mend = _("Put the page back from a backup, with its key, and run this audit again.")
        yield _finding(taken_down, _("Its page is gone, and its address is silent."), mend)
    elif not set(told_at) <= set(addresses := addresses_of(page)):
        what = _("The public was told at %(then)s. The page is now at: %(now)s.") % {
            "then": ", ".join(told_at),
            "now": ", ".join(addresses) or _("no address"),
        }
        mend = _(
            "In the database, put back the slug or the place of the page, or of the section above "
            "it, or the root of the site; then run this audit again."
        )
        yield _finding(taken_down, what, mend)
    elif page.url_path != url_path_of(page):
        what = _("Its stored path is %(path)s, and its slugs lead elsewhere.")
        mend = _("Run set_url_paths, and then this audit again.")
        yield _finding(taken_down, what % {"path": page.url_path}, mend)


def _finding(taken_down: LedgerEntry, what: str, mend: str) -> dict[str, Any]:
    return {
        "code": "tombstone_not_in_place",
        "subject": _subject(taken_down.page_id),
        "what": what,
        "mend": mend,
        "since": taken_down.at,
    }


def _subject(page_id: int | None) -> str:
    last = Withdrawal.objects.filter(page_id=page_id or 0).order_by("asked_at", "pk").last()
    return f"{Withdrawal._meta.label} {page_id} “{last.title if last else ''}”"
