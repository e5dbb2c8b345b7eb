"""What an attestation, or a decision on it, lacks: all of it at once (annex 2.1)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.digest import item_digest
from otp_policy.wagtail.messages import under_step
from otp_policy.wagtail.models import Publication
from otp_policy.wagtail.statements import says_something

from .models import Attestation

WAITS_ALREADY = under_step(
    _("An attestation of this item waits for its approval already. Decide on it, or take it back."),
    "attest",
)
NOTE_MISSING = under_step(
    _("Say what you checked, and against what: whoever approves relies on it."), "attest"
)
TEXT_IS_OTHER = under_step(
    _("What is public is not the text that was checked. Open the item again, and read it."),
    "attest",
)
NOT_AS_APPROVED = under_step(
    _("What is live is not what was approved. Have it put right before anybody attests it."),
    "attest",
)
NOT_WAITING = under_step(
    _("This attestation is decided already, or was taken back. Open the item again."), "attest"
)
OTHER_REQUEST = under_step(
    _("The request is not the one you were shown. Open the item again, and then decide."), "approve"
)
COMMENT_MISSING = under_step(_("Say why you reject it: a rejection needs its reason."), "approve")


def about_request(
    page: Any, publication: Publication | None, *, digest: str, note: str
) -> list[Any]:
    """Return what is wrong with a request, whoever makes it; `not_live` is the policy's to say."""
    refused = [] if says_something(note) else [NOTE_MISSING]
    return [*refused, *_about_text(page, publication, digest)] if publication else refused


def about_decision(
    attestation: Attestation, page: Any, action: str, *, digest: str, comment: str
) -> list[Any]:
    """Return what is wrong with a decision, whoever takes it."""
    if attestation.state != Attestation.State.WAITING or action not in ("approve", "reject"):
        return [NOT_WAITING]
    refused = [] if digest == attestation.digest else [OTHER_REQUEST]
    if action == "reject":
        return refused if says_something(comment) else [*refused, COMMENT_MISSING]
    publication = Publication.objects.get(pk=attestation.publication_id)
    if publication.ended_at is not None:
        return [*refused, TEXT_IS_OTHER]
    return [*refused, *_about_text(page, publication, publication.digest)]


def _about_text(page: Any, publication: Publication, digest: str) -> list[Any]:
    if digest != publication.digest:
        return [TEXT_IS_OTHER]
    # A change that went behind the gate's back must not be sworn to as well.
    same = item_digest(page, recipe=publication.recipe) == publication.digest
    return [] if same else [NOT_AS_APPROVED]
