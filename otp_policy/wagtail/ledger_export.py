"""The ledger as JSON Lines, for whoever checks it with `otp-policy verify`, or alone."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from otp_policy.ledger import GENESIS, canonical_json, entry_line

from .models.evidence import LedgerEntry, LedgerHead

_BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The last row of the chain: noted elsewhere, it shows when rows are cut off."""

    seq: int
    hash: str


def head() -> Head:
    """Return the head of the ledger as it is now."""
    row = LedgerHead.objects.filter(pk=1).first()
    return Head(seq=row.seq, hash=row.hash) if row else Head(seq=0, hash=GENESIS)


def lines(*, until: Head, since: int = 1) -> Iterator[bytes]:
    """
    Yield the rows from *since* up to *until*, each a line; a batch is in memory at a time.

    Rows are written as they are stored: what was tampered with shows when they are verified.
    """
    after = since - 1
    while True:
        rows = LedgerEntry.objects.filter(seq__gt=after, seq__lte=until.seq).order_by("seq")
        batch = list(rows[:_BATCH])
        if not batch:
            return
        after = batch[-1].seq
        for row in batch:
            yield entry_line(as_entry(row))


def as_entry(row: LedgerEntry) -> dict[str, Any]:
    """
    Return a row as `otp_policy.ledger.verify` takes it.

    Its body is None, which is a defect, unless it is stored as the very text that was hashed.
    """
    return {
        "seq": row.seq,
        "previous": row.previous,
        "hash": row.hash,
        "body": _body(row.body),
    }


def _body(text: str) -> dict[str, Any] | None:
    try:
        body = json.loads(text)
        is_as_hashed = isinstance(body, dict) and canonical_json(body).decode() == text
    except (TypeError, ValueError, RecursionError):
        return None
    # Of two members of one name, screens could show the one that was not hashed.
    return body if is_as_hashed else None
