"""Appends decisions to the hash-chained ledger, in the transaction of what they decide."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from otp_policy.ledger import GENESIS, canonical_json, entry_hash

from .conf import current_policy
from .models.evidence import LedgerEntry, LedgerHead


@transaction.atomic
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
    head, _ = LedgerHead.objects.select_for_update().get_or_create(pk=1, defaults={"hash": GENESIS})
    at = timezone.now()
    body = {
        "action": action,
        "actor": {"id": str(user.pk), "username": user.get_username()} if user else None,
        "at": at.isoformat(timespec="microseconds"),
        "digest": digest,
        "order": order,
        "page": page_id,
        "policy": current_policy().label,
        "role": role,
        "unit": unit,
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
    entry.save()
    head.seq, head.hash = entry.seq, entry.hash
    head.save()
    return entry
