"""
Finds evidence that is not as the ledger has it: rows that were changed, added or taken away.

The gate and the public pages trust these tables: who approved, which versions are hidden, what a
tombstone says, which files are public. Whoever changes a row by hand cannot change the chain too.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from wagtail.models import Page, Revision

from .adapters import person
from .file_uses import uses_of
from .gate.governed_live import live_governed
from .models import Approval, Contribution, FileUse, LedgerEntry, Publication, Slot
from .standing import LEDGER_ACTIONS

_BATCH = 200
_OF_ITEMS = (
    *("endorse", "approve", "publish", "confirm_slot", "send_now"),
    *("endorse_withdrawal", "approve_withdrawal", "reject_withdrawal", "hide_version"),
    *LEDGER_ACTIONS.values(),
)


def finding(code: str, row: Any, what: str, since: datetime | None = None, mend: str = ""):
    """Return the words of a finding about a stored *row*."""
    restore = _("Compare the row with the ledger and a backup, and put back what was recorded.")
    subject = f"{row._meta.label} {row.pk} “{row}”"
    return {"code": code, "subject": subject, "what": what, "mend": mend or restore, "since": since}


def body_of(text: str) -> dict[str, Any]:
    """Return what a row of the ledger says; nothing, where it was damaged and says so itself."""
    try:
        body = json.loads(text)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


@dataclass(frozen=True)
class Recorded:
    """What the ledger says of some items: the hashed text of its rows, by action."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, page_ids: list[int]) -> "Recorded":
        """Read the rows about these items, in their order."""
        found = cls()
        entries = LedgerEntry.objects.filter(page_id__in=page_ids, action__in=_OF_ITEMS)
        for text in entries.order_by("seq").values_list("body", flat=True):
            body = body_of(text)
            found.rows[str(body.get("action"))].append({**body, "actor": actor_in(body)})
        return found

    def has(self, *actions: str, **said: Any) -> bool:
        """Tell whether a row of one of *actions* says just that."""
        return any(
            all(body.get(name) == value for name, value in said.items())
            for action in actions
            for body in self.rows.get(action, ())
        )


def evidence_findings() -> Iterator[dict[str, Any]]:
    """Yield the words of a finding for every row of the evidence that the ledger contradicts."""
    for page_ids in _items():
        recorded = Recorded.of(page_ids)
        yield from _approvals(page_ids, recorded)
        yield from _publications(page_ids, recorded)
        yield from _slots(page_ids, recorded)
    yield from _files()


def _items() -> Iterator[list[int]]:
    keys: set[int] = set()
    for model in (Approval, Publication, Slot):
        keys.update(model.objects.order_by().values_list("page_id", flat=True).distinct())
    ordered = sorted(keys)
    for start in range(0, len(ordered), _BATCH):
        yield ordered[start : start + _BATCH]


def actor_in(body: dict[str, Any]) -> str:
    """Return the id of who did what a row says: an account may lawfully get another name."""
    actor = body.get("actor")
    return str(actor.get("id")) if isinstance(actor, dict) else ""


def _approvals(page_ids: list[int], recorded: Recorded) -> Iterator[dict[str, Any]]:
    rows = Approval.objects.filter(page_id__in=page_ids).select_related("by").order_by("pk")
    contributions = set(
        Contribution.objects.filter(page_id__in=page_ids).values_list("page_id", "user_id")
    )
    revisions = Revision.objects.in_bulk({row.revision_id for row in rows})
    for row in rows:
        said = {"page": row.page_id, "digest": row.digest, "order": row.order}
        if row.kind != Approval.Kind.BASELINE:
            said |= {"actor": person(row.by), "role": row.role, "unit": row.unit}
        if not recorded.has(LEDGER_ACTIONS.get(row.kind, row.kind), **said):
            what = _("The ledger does not have this decision, of this person, on this text.")
            yield finding("approval_not_in_ledger", row, what, row.at)
        revision = revisions.get(row.revision_id)
        author = revision.user_id if revision and row.kind in Approval.STEPS else None
        if author and (row.page_id, author) not in contributions:
            what = _("Whoever wrote the approved text does not count as its contributor any more.")
            yield finding("contributor_missing", row, what, row.at)


def _publications(page_ids: list[int], recorded: Recorded) -> Iterator[dict[str, Any]]:
    from .models import Withdrawal

    rows = Publication.objects.filter(page_id__in=page_ids).order_by("pk")
    rejected = Withdrawal.objects.filter(
        publication__in=rows, state=Withdrawal.State.REJECTED, down_at__isnull=False
    )
    may_return = set(rejected.values_list("publication_id", flat=True))
    for row in rows.select_related("publisher", "approval"):
        if not _is_recorded(row, recorded):
            what = _("The ledger has this publication otherwise: of a text, person or time.")
            yield finding("publication_not_as_recorded", row, what, row.at)
        if row.may_return and row.pk not in may_return:
            what = _("It may go out again without a new approval, and no decision allows that.")
            yield finding("return_without_decision", row, what, row.ended_at)


def _is_recorded(row: Publication, recorded: Recorded) -> bool:
    said: dict[str, Any] = {"page": row.page_id, "digest": row.digest}
    if recorded.has("adopt", **said) and row.approval.kind == Approval.Kind.BASELINE:
        return True
    said["actor"] = person(row.publisher)
    if recorded.has("publish_in_emergency", **said):
        return True
    return recorded.has(
        "publish",
        **said,
        scheduled_at=row.scheduled_at.isoformat(),
        late_seconds=row.lateness_seconds,
    )


def _slots(page_ids: list[int], recorded: Recorded) -> Iterator[dict[str, Any]]:
    rows = Slot.objects.filter(page_id__in=page_ids, state=Slot.State.CONFIRMED)
    for row in rows.select_related("confirmed_by").order_by("pk"):
        said = {"page": row.page_id, "channel": row.channel, "actor": person(row.confirmed_by)}
        if not recorded.has("confirm_slot", "send_now", **said, slot_at=row.at.isoformat()):
            what = _("The time counts as agreed, and the ledger does not have who agreed to it.")
            mend = _("Hold the item, and have the unit that owns the channel confirm the time.")
            yield finding("slot_not_confirmed", row, what, None, mend)


def _files() -> Iterator[dict[str, Any]]:
    """Find files that a row makes public though the published text does not use them."""
    uses = FileUse.objects.filter(publication__ended_at=None, publication__isnull=False)
    public: dict[int, list[FileUse]] = defaultdict(list)
    for use in uses.filter(page_id__in=live_governed()).order_by("pk"):
        public[use.page_id].append(use)
    for page_id, rows in public.items():
        page = Page.objects.get(pk=page_id).specific
        used = {(use.model, use.file_id) for use in uses_of(page, None)}
        for row in rows:
            if (row.model, row.file_id) not in used:
                what = _("The file is public by this row, and the published text does not use it.")
                mend = _("Delete the row, which makes the file private, and ask who added it.")
                yield finding("file_without_text", row, what, None, mend)


__all__ = ["actor_in", "body_of", "evidence_findings", "finding"]
