"""The packs that the ledger tells of."""

import json
from dataclasses import dataclass
from datetime import datetime

from otp_policy.wagtail.models import LedgerEntry

__all__ = ["NotedPack", "noted_packs"]

_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedPack:
    """A pack that was made: by whom, when, and the SHA-256 of its file."""

    at: datetime
    by: str
    sha256: str


def noted_packs(page_id: int) -> list[NotedPack]:
    """Return the latest packs of the item alone, the youngest first."""
    rows = LedgerEntry.objects.filter(page_id=page_id, action="make_evidence_pack")
    return [_noted(row) for row in rows.order_by("-seq")[:_SHOWN]]


def _noted(row: LedgerEntry) -> NotedPack:
    body = json.loads(row.body)
    actor = body.get("actor") or {}
    digest = str(body.get("pack", "")).removeprefix("sha256:")
    return NotedPack(at=row.at, by=str(actor.get("username", "–")), sha256=digest)
