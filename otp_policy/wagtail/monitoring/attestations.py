"""
“Checked, still right”: a review without a new publication (annex 2.1), approved like step 5.

The division's PR representative says what was checked; the same people decide as on a correction,
never on their own request. Once approved, the open publication counts as reviewed at that moment,
which the public reads as the day of the last review. Of any other text than the live one nothing
can be attested.
"""

import hashlib
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from otp_policy import Decision, Question
from otp_policy.ledger import canonical_json
from otp_policy.wagtail.adapters import ask, has_authority, held_in, person
from otp_policy.wagtail.approved_requests import question_about, step_waited_for
from otp_policy.wagtail.conf import current_policy
from otp_policy.wagtail.held import as_row
from otp_policy.wagtail.history import History
from otp_policy.wagtail.models import Publication
from otp_policy.wagtail.publishing import governed_page
from otp_policy.wagtail.recording import record
from otp_policy.wagtail.refusals import PolicyRefusal

from .attestation_refusals import NOT_WAITING, WAITS_ALREADY, about_decision, about_request
from .models import Attestation, AttestationDecision

__all__ = [
    "ask_to_attest",
    "attestation_digest",
    "decide_on_attestation",
    "may_decide_attestation",
    "next_step",
    "open_attestation",
    "recall_attestation",
    "waiting_attestations",
]


def open_attestation(page_id: int | None) -> Attestation | None:
    """Return the attestation of the live text that waits for its approval, or None."""
    rows = Attestation.objects.filter(page_id=page_id or 0, state=Attestation.State.WAITING)
    return rows.filter(publication__ended_at=None).select_related("publication", "asked_by").first()


@transaction.atomic
def ask_to_attest(page: Any, user: Any, *, digest: str, note: str) -> Attestation:
    """
    Say, as the item's division, that the live text named by *digest* was checked and is right.

    Args:
        digest: Of the live text that the person read: the open publication's.
        note: What was checked, and against what. Not public.

    Raises:
        PolicyRefusal: With every reason: the policy's (`not_live` among them), or that *digest* is
            not what is live, that it is not what was approved, or that one waits already.
    """
    decision, past = ask(page, "attest", user), History.of(page.pk)
    publication = past.publication if past.is_live else None
    page = governed_page(page.pk)
    refused = about_request(page, publication, digest=digest, note=note)
    if open_attestation(page.pk):
        refused.append(WAITS_ALREADY)
    if not decision.allowed or refused or publication is None:
        raise PolicyRefusal.of(decision, page.title, *refused)
    _overtake(page.pk)
    held = held_in(_asked(page, "attest", user))
    attestation = Attestation(
        page_id=page.pk,
        publication=publication,
        note=note.strip(),
        asked_by=user,
        asked_at=timezone.now(),
    )
    attestation.digest = attestation_digest(attestation)
    attestation.save()
    _record("ask_to_attest", attestation, user, **as_row(held))
    return attestation


@transaction.atomic
def decide_on_attestation(
    attestation: Attestation, user: Any, action: str, *, digest: str, comment: str = ""
) -> Attestation:
    """
    Endorse or approve (`approve`) or reject (`reject`) what *digest* names.

    Raises:
        PolicyRefusal: With every reason, as for the approval of a text.
    """
    rows = Attestation.objects.select_for_update(of=("self",))
    attestation = rows.select_related("publication", "asked_by").get(pk=attestation.pk)
    page = governed_page(attestation.page_id)
    step = next_step(attestation, page)
    decision = may_decide_attestation(attestation, page, user)
    refused = about_decision(attestation, page, action, digest=digest, comment=comment)
    barred = not decision.allowed if action == "approve" else not has_authority(decision)
    if barred or refused:
        kept = decision if barred else replace(decision, reasons=())
        raise PolicyRefusal.of(kept, page.title, *refused)
    kind = step if action == "approve" else AttestationDecision.Kind.REJECT
    _keep(attestation, page, user, step=step, kind=kind, comment=comment)
    if action == "reject":
        _close(attestation, Attestation.State.REJECTED)
    elif step == "approve":
        _approve(attestation, user)
    return attestation


@transaction.atomic
def recall_attestation(page: Any, user: Any) -> None:
    """Take a request back before it is decided, as the item's division."""
    attestation, decision = open_attestation(page.pk), ask(page, "attest", user)
    if attestation is None:
        raise PolicyRefusal(page.title, also=[NOT_WAITING])
    if not has_authority(decision):
        raise PolicyRefusal.of(decision, page.title)
    _close(attestation, Attestation.State.RECALLED)
    held = held_in(_asked(page, "attest", user))
    _record("recall_attestation", attestation, user, **as_row(held))


def next_step(attestation: Attestation, page: Any) -> str:
    """Return the step that the attestation waits for: `endorse` or `approve`."""
    return step_waited_for(attestation, page.disclosure_category)


def may_decide_attestation(attestation: Attestation, page: Any, user: Any) -> Decision:
    """Ask the policy whether *user* may take the next step of *attestation*."""
    step = next_step(attestation, page)
    return current_policy().decide(_asked(page, step, user, attestation=attestation))


def waiting_attestations(user: Any) -> list[tuple[Any, Attestation]]:
    """Return what waits for *user*, the page with its attestation, oldest first."""
    rows = Attestation.objects.filter(
        state=Attestation.State.WAITING, publication__ended_at=None
    ).select_related("publication", "asked_by")
    found = []
    for attestation in rows.prefetch_related("decisions"):
        page = governed_page(attestation.page_id)
        if page and may_decide_attestation(attestation, page, user).allowed:
            found.append((page, attestation))
    return found


def attestation_digest(attestation: Attestation) -> str:
    """Return the digest that decisions are bound to: which live text, and what was checked."""
    content = {
        "recipe": 1,
        "attests": attestation.publication.digest,
        "page": attestation.page_id,
        "note": attestation.note,
    }
    return "sha256:" + hashlib.sha256(canonical_json(content)).hexdigest()


def _asked(
    page: Any, action: str, user: Any, *, attestation: Attestation | None = None
) -> Question:
    """Return the policy's question; of an attestation, with what was decided on it so far."""
    parties = (person(attestation.asked_by),) if attestation is not None else ()
    return question_about(page, action, user, request=attestation, contributors=parties)


def _approve(attestation: Attestation, user: Any) -> None:
    _close(attestation, Attestation.State.APPROVED)
    # INVARIANT: only the open publication, and only by its approved attestation; the audit asks.
    Publication.objects.filter(pk=attestation.publication_id, ended_at=None).update(
        attested_at=attestation.decided_at
    )
    _record("attest", attestation, user, attested_at=attestation.decided_at.isoformat())


def _close(attestation: Attestation, state: str) -> None:
    attestation.state, attestation.decided_at = state, timezone.now()
    attestation.save()


def _overtake(page_id: int) -> None:
    """Close what was asked of a text that another one has replaced meanwhile."""
    rows = Attestation.objects.filter(page_id=page_id, state=Attestation.State.WAITING)
    for row in rows.exclude(publication__ended_at=None):
        _close(row, Attestation.State.OVERTAKEN)


def _keep(
    attestation: Attestation, page: Any, user: Any, *, step: str, kind: str, comment: str
) -> None:
    held = held_in(_asked(page, step, user, attestation=attestation))
    AttestationDecision(
        attestation=attestation,
        kind=kind,
        digest=attestation.digest,
        by=user,
        policy=current_policy().label,
        comment=comment,
        at=timezone.now(),
        **as_row(held),
    ).save()
    attestation._prefetched_objects_cache = {}
    _record(f"{kind}_attestation", attestation, user, comment=comment, **as_row(held))


def _record(action: str, attestation: Attestation, user: Any, **more: Any) -> None:
    more.setdefault("note", attestation.note)
    record(
        action,
        user=user,
        page_id=attestation.page_id,
        digest=attestation.digest,
        publication=attestation.publication.digest,
        **more,
    )
