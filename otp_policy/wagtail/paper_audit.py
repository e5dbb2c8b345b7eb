"""Finds scans of signed memos that are missing from the storage, or are not what was recorded."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _

from .adapters import person
from .evidence_audit import actor_in, body_of, finding
from .models import LedgerEntry, PaperDecision

_CHUNK_BYTES = 1 << 20


def paper_findings() -> Iterator[dict[str, Any]]:
    """Yield the words of a finding for every scan that is not as it was recorded."""
    yield from _not_in_ledger()
    for paper in PaperDecision.objects.order_by("pk").iterator():
        found = _sha256(paper)
        if found == paper.scan_sha256:
            continue
        yield {
            "code": "scan_missing" if found is None else "scan_changed",
            "subject": f"{paper._meta.label} {paper.pk} {paper.code}",
            "what": _("The scan of a signed memo is not in the storage any more.")
            if found is None
            else _("The scan of a signed memo is not the one that was recorded."),
            "mend": _("Restore the file from a backup; its SHA-256 is in the ledger."),
            "since": paper.recorded_at,
        }


def _not_in_ledger() -> Iterator[dict[str, Any]]:
    """Find rows that the ledger has otherwise or not at all, and rows of it that are gone."""
    rows = LedgerEntry.objects.filter(action__in=("endorse", "approve", "reject"))
    said = {}
    for entry in rows.order_by("seq").iterator():
        body = body_of(entry.body)
        if "on_paper" in body:
            on_paper = {
                **body["on_paper"],
                "recorded_by": actor_in({"actor": body["on_paper"].get("recorded_by")}),
            }
            said[_key(body.get("page"), actor_in(body), on_paper)] = entry
    for paper in PaperDecision.objects.select_related("signed_by", "recorded_by").order_by("pk"):
        on_paper = {
            "signed_on": paper.signed_on.isoformat(),
            "recorded_by": person(paper.recorded_by),
            "code": paper.code,
            "scan": f"sha256:{paper.scan_sha256}",
        }
        if said.pop(_key(paper.page_id, person(paper.signed_by), on_paper), None) is None:
            what = _("The ledger does not have this decision on paper, or has it otherwise.")
            yield finding("paper_not_in_ledger", paper, what, paper.recorded_at)
    for entry in said.values():
        what = _("The ledger has a decision on paper whose row is gone or was changed.")
        yield finding("paper_missing", entry, what, entry.at)


def _key(page_id: Any, signer: Any, on_paper: Any) -> str:
    return json.dumps([page_id, signer, on_paper], sort_keys=True)


def _sha256(paper: PaperDecision) -> str | None:
    digest = sha256()
    try:
        with paper.scan.open("rb") as handle:
            while chunk := handle.read(_CHUNK_BYTES):
                digest.update(chunk)
    except OSError:
        return None
    return digest.hexdigest()
