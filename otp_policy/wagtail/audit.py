"""
The audit: digests again what is live, and finds what no gate can see.

A raw `update()` of text, a file changed in the storage, a template's new setting: all of it leaves
the stored page unlike the publication it is live by. Nothing is changed here; each finding says
what is wrong, since when as far as that is known, and how to mend it.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision

from otp_policy.ledger import GENESIS, verify

from .conf import ratify_within_days
from .digest import exact_values, item_digest
from .evidence_audit import evidence_findings
from .gate import evidence_triggers, triggers
from .gate.governed_live import live_governed
from .gate.structure import is_redirected
from .ledger_export import as_entry
from .lifecycle_audit import lifecycle_findings
from .models import Approval, LedgerEntry, LedgerHead, Publication, is_governed
from .office_audit import office_findings
from .paper_audit import paper_findings
from .standing import LEDGER_ACTIONS
from .tombstone_audit import tombstone_findings

_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFinding:
    """
    One thing that is not as it was approved.

    `since` is the last instant at which it is known to have been right, or None.
    """

    code: str
    subject: str
    what: str
    mend: str
    since: datetime | None = None


def audit() -> Iterator[AuditFinding]:
    """Yield every finding: of the pages, of the ledger, and of the watch over the table."""
    yield from _live_pages()
    yield from _publications_without_page()
    yield from _not_ratified()
    yield from _ledger()
    yield from _triggers()
    for findings in _finders:
        yield from (AuditFinding(**found) for found in findings())


Finder = Callable[[], Iterator[dict[str, Any]]]
_finders: list[Finder] = [
    paper_findings,
    evidence_findings,
    lifecycle_findings,
    office_findings,
    tombstone_findings,
]


def add(finder: Finder) -> None:
    """Have *finder*, of another app, yield the words of its findings in every audit; once."""
    if finder not in _finders:
        _finders.append(finder)


def _live_pages() -> Iterator[AuditFinding]:
    """Compare every live governed page with its open publication, a batch at a time."""
    after = 0
    while keys := _next_keys(after):
        after = keys[-1]
        suspects = [page_id for page_id, found in _compared(keys) if found]
        # Looked at once more: an item may have gone live between two of our questions.
        for _page_id, found in _compared(suspects):
            yield from found


def _next_keys(after: int) -> list[int]:
    rows = live_governed().filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:_BATCH])


def _compared(page_ids: list[int]) -> Iterator[tuple[int, list[AuditFinding]]]:
    """Yield the key of each of these pages that is live, with what was found of it."""
    found = Publication.objects.filter(page_id__in=page_ids, ended_at=None)
    publications = {row.page_id: row for row in found.select_related("approval")}
    recorded = _recorded(page_ids)
    for page in live_governed().filter(pk__in=page_ids).order_by("pk").specific():
        yield page.pk, list(_live_page(page, publications.get(page.pk), recorded))


def _recorded(page_ids: list[int]) -> set[tuple[str, int, str]]:
    """Return what the ledger says was approved and published: action, page and digest."""
    actions = ["approve", "publish", *LEDGER_ACTIONS.values()]
    rows = LedgerEntry.objects.filter(page_id__in=page_ids, action__in=actions)
    return {(row.action, row.page_id, str(_body(row).get("digest"))) for row in rows.iterator()}


def _live_page(
    page: Any, publication: Publication | None, recorded: set[tuple[str, int, str]]
) -> Iterator[AuditFinding]:
    subject = f"{page._meta.label} {page.pk} “{page.title}”"
    if publication is None:
        yield AuditFinding(
            code="live_without_publication",
            subject=subject,
            what=_("It is live, and no publication says so. It is not served to the public."),
            mend=_("Unpublish it, and take it through its steps."),
            since=_last_end(page.pk),
        )
        return
    if item_digest(page, recipe=publication.recipe) != publication.digest:
        yield AuditFinding(
            code="not_as_approved",
            subject=subject,
            what=_("What is live is not what was approved. It differs in: %(parts)s.")
            % {"parts": ", ".join(_what_differs(page, publication))},
            mend=_("Take it down, put back what was approved, and take it through its steps."),
            since=publication.at,
        )
    yield from _evidence(publication, recorded, subject)
    yield from _beside_the_text(page, publication, subject)


def _what_differs(page: Any, publication: Publication) -> list[str]:
    """Return the names of the fields that differ from the published revision, or what else may."""
    revision = Revision.objects.filter(pk=publication.revision_id).first()
    if revision is None:
        return [_("its text, or what it shows")]
    live, published = exact_values(page), exact_values(revision.as_object())
    names = sorted(name for name in live if live[name] != published.get(name))
    return names or [_("a file, snippet or setting that it shows")]


def _evidence(
    publication: Publication, recorded: set[tuple[str, int, str]], subject: str
) -> Iterator[AuditFinding]:
    """Find a publication that no approval and no row of the ledger stands behind."""
    approval, key = publication.approval, (publication.page_id, publication.digest)
    if (approval.page_id, approval.digest) != key or approval.kind == approval.Kind.ENDORSE:
        yield AuditFinding(
            code="publication_without_approval",
            subject=subject,
            what=_("The approval that its publication names is for another text or item."),
            mend=_("Take it down, and compare its publication with the ledger."),
            since=approval.at,
        )
    elif not _is_recorded(approval.kind, key, recorded):
        yield AuditFinding(
            code="publication_not_in_ledger",
            subject=subject,
            what=_("The ledger does not say that this text was approved and published."),
            mend=_("Take it down, and compare the ledger with its last export."),
            since=publication.at,
        )


def _is_recorded(kind: str, key: tuple[int, str], recorded: set[tuple[str, int, str]]) -> bool:
    """Tell whether the ledger says of this very text what its publication rests on."""
    if kind in LEDGER_ACTIONS:
        return (LEDGER_ACTIONS[kind], *key) in recorded
    # What was ratified went out in an emergency before.
    gone_out = {("publish", *key), ("publish_in_emergency", *key)} & recorded
    return ("approve", *key) in recorded and bool(gone_out)


def _beside_the_text(page: Any, publication: Publication, subject: str) -> Iterator[AuditFinding]:
    if page.live_revision_id not in (None, publication.revision_id):
        yield AuditFinding(
            code="other_revision",
            subject=subject,
            what=_("Another revision than the published one counts as live."),
            mend=_("Take it down, and take it through its steps."),
            since=publication.at,
        )
    if is_redirected(page):
        yield AuditFinding(
            code="redirect_in_the_way",
            subject=subject,
            what=_("A redirect to another place lies at its address."),
            mend=_("Delete the redirect."),
        )


def _last_end(page_id: int) -> datetime | None:
    ended = Publication.objects.filter(page_id=page_id, ended_at__isnull=False)
    return ended.order_by("ended_at").values_list("ended_at", flat=True).last()


def _publications_without_page() -> Iterator[AuditFinding]:
    """Find publications that are open while their page is down, deleted, or not governed."""
    stray = Publication.objects.filter(ended_at=None).exclude(page_id__in=live_governed())
    for publication in stray.order_by("page_id"):
        page = Page.objects.filter(pk=publication.page_id).first()
        yield AuditFinding(
            code="publication_without_page",
            subject=f"{publication._meta.label} {publication.pk}"
            + (f" “{page.title}”" if page is not None and is_governed(page) else ""),
            what=_("The publication is open, and its page %(page)s is not live.")
            % {"page": publication.page_id},
            mend=_("Unpublish the page, which ends the publication on record, and ask who hid it."),
            since=publication.at,
        )


def _not_ratified() -> Iterator[AuditFinding]:
    """Find what went out in an emergency, and waits for its approval for too long."""
    days = ratify_within_days()
    late = Publication.objects.filter(
        ended_at=None,
        approval__kind=Approval.Kind.EMERGENCY,
        at__lt=timezone.now() - timedelta(days=days),
    )
    for publication in late.order_by("at"):
        page = Page.objects.filter(pk=publication.page_id).first()
        yield AuditFinding(
            code="emergency_not_ratified",
            subject=f"{publication.page_id} “{page.title if page else ''}”",
            what=_("It went out in an emergency more than %(days)d days ago, without an approval.")
            % {"days": days},
            mend=_("Submit it and have this very text approved, or correct it, or take it down."),
            since=publication.at,
        )


def _ledger() -> Iterator[AuditFinding]:
    """Verify the chain up to its head, and that nothing stands behind the head."""
    head = LedgerHead.objects.filter(pk=1).first()
    stated, until = (head.hash, head.seq) if head is not None else (GENESIS, 0)
    rows = LedgerEntry.objects.filter(seq__lte=until).order_by("seq").iterator(chunk_size=1000)
    for defect in verify(map(_entry, rows), head=stated):
        yield AuditFinding(
            code=f"ledger_{defect.code}",
            subject=f"{LedgerEntry._meta.label} {defect.seq or defect.row}",
            what=_("The chain of the ledger is broken here."),
            mend=_("Compare the ledger with its last export, and restore the row from there."),
            since=_at_before(defect.seq),
        )
    last = LedgerEntry.objects.order_by("seq").last()
    # Asked again, and after the last row: decisions go on while the audit runs.
    head = LedgerHead.objects.filter(pk=1).first()
    if last is not None and (head is None or last.seq > head.seq):
        yield AuditFinding(
            code="ledger_beyond_head",
            subject=f"{LedgerEntry._meta.label} {last.seq}",
            what=_("The ledger goes on behind its head."),
            mend=_("Compare the ledger with its last export, and restore the row from there."),
            since=_at_before((head.seq if head else 0) + 1),
        )


def _entry(row: LedgerEntry) -> dict[str, object]:
    entry, body = as_entry(row), _body(row)
    # The columns repeat what the hashed text says, and lists are made from them.
    repeated = (row.action, row.page_id, row.at.isoformat(timespec="microseconds"))
    is_same = (body.get("action"), body.get("page"), body.get("at")) == repeated
    return entry if is_same else {**entry, "body": None}


def _body(row: LedgerEntry) -> dict[str, Any]:
    try:
        body = json.loads(row.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _at_before(seq: int | None) -> datetime | None:
    """Return when the last entry before *seq* was written: until then the chain held."""
    rows = LedgerEntry.objects.filter(seq__lt=seq or 0)
    return rows.order_by("seq").values_list("at", flat=True).last()


def _triggers() -> Iterator[AuditFinding]:
    for name in triggers.missing():
        yield AuditFinding(
            code="trigger_missing",
            subject=name,
            what=_("The database does not watch the table of pages as it should."),
            mend=_("Run migrate, which installs the triggers, and then this audit again."),
        )
    for name in evidence_triggers.missing():
        yield AuditFinding(
            code="trigger_missing",
            subject=name,
            what=_("The database does not keep the evidence as it should."),
            mend=_("Run migrate, which installs the triggers, and then this audit again."),
        )
