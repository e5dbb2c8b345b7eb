"""Finds what the public reads of corrections and withdrawals without its having been decided."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from wagtail.models import Revision

from .adapters import person
from .corrections import takes_out_personal_data
from .evidence_audit import actor_in, body_of, finding
from .models import LedgerEntry, Publication
from .models.lifecycle import Correction, HiddenVersion, Withdrawal, WithdrawalDecision
from .withdrawals import withdrawal_digest


def lifecycle_findings() -> Iterator[dict[str, Any]]:
    """Yield the words of a finding for every tombstone, note or hidden version that was changed."""
    yield from _withdrawals()
    yield from _corrections()
    yield from _corrections_gone()
    yield from _hidden_versions()


def _withdrawals() -> Iterator[dict[str, Any]]:
    rows = Withdrawal.objects.select_related("publication").order_by("pk")
    for row in rows.prefetch_related("decisions__by"):
        if withdrawal_digest(row) != row.digest or not _is_decided(row):
            yield finding(
                "withdrawal_not_as_decided",
                row,
                _("The reason, the title or the state of the withdrawal is not what was decided."),
                row.decided_at or row.asked_at,
            )


def _is_decided(row: Withdrawal) -> bool:
    """Tell whether the ledger has every decision, and the one that its state stands on."""
    kinds = WithdrawalDecision.Kind
    wanted = {"approved": kinds.APPROVE, "rejected": kinds.REJECT}.get(row.state)
    decisions = [one for one in row.decisions.all() if one.digest == row.digest]
    if wanted and wanted not in {one.kind for one in decisions}:
        return False
    return all(_in_ledger(row, one) for one in decisions)


def _in_ledger(row: Withdrawal, decision: WithdrawalDecision) -> bool:
    action = f"{decision.kind}_withdrawal"
    entries = LedgerEntry.objects.filter(page_id=row.page_id, action=action)
    bodies = map(body_of, entries.values_list("body", flat=True))
    said = (decision.digest, person(decision.by), decision.role)
    return any((one.get("digest"), actor_in(one), one.get("role")) == said for one in bodies)


def _text_of(revision_id: int) -> Any:
    revision = Revision.objects.filter(pk=revision_id).first()
    return revision.as_object() if revision is not None else None


def _corrections() -> Iterator[dict[str, Any]]:
    rows = Correction.objects.select_related("approval", "prior", "prior__hidden").order_by("pk")
    for row in rows.iterator():
        text, prior = _text_of(row.approval.revision_id), _text_of(row.prior.revision_id)
        if text is not None and text.correction_note != row.note:
            what = _("The public note of the correction is not the one that was approved.")
            yield finding("note_not_as_approved", row, what, row.approval.at)
        is_open = not row.hides_prior and getattr(row.prior, "hidden", None) is None
        if text and prior and is_open and takes_out_personal_data(prior, text):
            what = _("The correction took personal data out, and the prior version shows it.")
            mend = _("Hide the prior version on the screen of the item, and ask who opened it.")
            yield finding("hidden_version_shown", row, what, row.approval.at, mend)


def _corrections_gone() -> Iterator[dict[str, Any]]:
    """Find texts that took the place of another one, and no note of it is left."""
    rows = Publication.objects.filter(approval__kind="approve", approval__correction=None)
    for row in rows.select_related("approval").order_by("pk"):
        replaced = Publication.objects.filter(
            page_id=row.page_id, ended_at=row.at, at__lt=row.approval.at
        )
        if row.approval.at <= row.at and replaced.exclude(digest=row.digest).exists():
            what = _("The text took the place of another one, and its correction is not noted.")
            yield finding("correction_missing", row, what, row.at)


def _hidden_versions() -> Iterator[dict[str, Any]]:
    hidden = set(HiddenVersion.objects.values_list("publication__page_id", "publication__digest"))
    for entry in LedgerEntry.objects.filter(action="hide_version").order_by("seq"):
        if (entry.page_id, body_of(entry.body).get("digest")) not in hidden:
            what = _("The ledger says that this version was hidden, and the public can read it.")
            mend = _("Hide the prior version on the screen of the item, and ask who opened it.")
            yield finding("hidden_version_shown", entry, what, entry.at, mend)


__all__ = ["lifecycle_findings"]
