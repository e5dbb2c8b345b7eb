"""Finds items that count as reviewed, or attestations, without the decision that makes them so."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from otp_policy.wagtail.adapters import person
from otp_policy.wagtail.evidence_audit import actor_in, body_of, finding
from otp_policy.wagtail.models import LedgerEntry, Publication

from .attestations import attestation_digest
from .models import Attestation, AttestationDecision


def attestation_findings() -> Iterator[dict[str, Any]]:
    """Yield the words of a finding for every review that nobody decided on."""
    for row in Publication.objects.filter(attested_at__isnull=False).order_by("pk"):
        said = {"publication": row.digest, "attested_at": row.attested_at.isoformat()}
        if not _is_recorded(row.page_id, "attest", said):
            what = _("It counts as reviewed, and the ledger has no approved attestation of it.")
            yield finding("review_not_in_ledger", row, what, row.at)
    rows = Attestation.objects.select_related("publication").order_by("pk")
    for row in rows.prefetch_related("decisions__by"):
        if attestation_digest(row) != row.digest or not _is_decided(row):
            what = _("What was checked, or its state, is not what was decided.")
            yield finding("attestation_not_as_decided", row, what, row.decided_at or row.asked_at)


def _is_decided(row: Attestation) -> bool:
    kinds = AttestationDecision.Kind
    wanted = {"approved": kinds.APPROVE, "rejected": kinds.REJECT}.get(row.state)
    decisions = [one for one in row.decisions.all() if one.digest == row.digest]
    if wanted and wanted not in {one.kind for one in decisions}:
        return False
    return all(
        _is_recorded(
            row.page_id,
            f"{one.kind}_attestation",
            {"digest": one.digest, "actor": person(one.by), "role": one.role},
        )
        for one in decisions
    )


def _is_recorded(page_id: int, action: str, said: dict[str, Any]) -> bool:
    entries = LedgerEntry.objects.filter(page_id=page_id, action=action)
    for body in map(body_of, entries.values_list("body", flat=True)):
        if all({**body, "actor": actor_in(body)}.get(key) == value for key, value in said.items()):
            return True
    return False
