"""Appends decisions to the hash-chained ledger, in the transaction of what they decide."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from otp_policy.ledger import GENESIS, canonical_json, entry_hash

from .conf import current_policy
from .models.evidence import LedgerEntry, LedgerHead


def record(
    action: str,
    *,
    user: Any,
    page_id: int | None = None,
    digest: str = "",
    role: str = "",
    unit: str = "",
    order: str = "",
    **more: Any,
) -> LedgerEntry:
    """
    Append one decision and return its row.

    The caller's transaction decides: if what was decided is rolled back, so is its row. *more*
    takes JSON values without floats, and never personal data of the public.
    """
    decision = {
        "action": action,
        "user": user,
        "page_id": page_id,
        "digest": digest,
        "role": role,
        "unit": unit,
        "order": order,
        **more,
    }
    return record_all([decision])[0]


@transaction.atomic(savepoint=False)
def record_all(decisions: Iterable[dict[str, Any]]) -> list[LedgerEntry]:
    """Append decisions, each as `record` takes it, in their order and with one look at the head."""
    head = _locked_head()
    entries = [_next_entry(head, **decision) for decision in decisions]
    LedgerEntry.objects.bulk_create(entries, batch_size=500)
    LedgerHead.objects.filter(pk=head.pk).update(seq=head.seq, hash=head.hash)
    return entries


def record_many(action: str, *, user: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Append a decision for each of *rows*, which say what `record` takes, in a few queries."""
    record_all({"action": action, "user": user, **row} for row in rows)


def _locked_head() -> LedgerHead:
    # INVARIANT: appenders stand in line here, so that every row follows the one before it.
    heads = LedgerHead.objects.select_for_update()
    return heads.get_or_create(pk=1, defaults={"hash": GENESIS})[0]


def _next_entry(
    head: LedgerHead, action: str, *, user: Any, page_id: int | None = None, **more: Any
) -> LedgerEntry:
    """Return the entry that follows *head*, and move *head* on to it; nothing is saved."""
    at = timezone.now()
    body = {
        "action": action,
        "actor": {"id": str(user.pk), "username": user.get_username()} if user else None,
        "at": at.isoformat(timespec="microseconds"),
        "digest": "",
        "order": "",
        "page": page_id,
        "policy": current_policy().label,
        "role": "",
        "unit": "",
        **more,
    }
    entry = LedgerEntry(
        seq=head.seq + 1,
        at=at,
        action=action,
        page_id=page_id,
        previous=head.hash,
        hash=entry_hash(head.hash, body),
        body=canonical_json(body).decode(),
    )
    head.seq, head.hash = entry.seq, entry.hash
    return entry
