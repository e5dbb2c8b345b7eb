"""What a request for withdrawal, or a decision on it, lacks: all of it at once (annex 1 step 5)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from otp_policy.personal_data import find_personal_data

from .conf import public_contacts
from .messages import under_step
from .models.evidence import Publication
from .models.lifecycle import Withdrawal
from .statements import says_something

WAITS_ALREADY = under_step(
    _("A withdrawal of this item waits for its approval already. Decide on it, or take it back."),
    "withdraw",
)
REASON_MISSING = under_step(_("Give the reason. The public will read it."), "withdraw")
PERSONAL_REASON = under_step(
    _("Give the reason without repeating personal data: the public will read it."), "withdraw"
)
NOT_WAITING = under_step(
    _("This withdrawal is decided already, or was taken back. Open the item again."), "withdraw"
)
REASON_HAS_CHANGED = under_step(
    _("The request is not the one you were shown. Open the item again, and then decide."),
    "approve",
)
TEXT_IS_OTHER = under_step(
    _(
        "The item was corrected since its withdrawal was asked for. Read what is public now; if it "
        "still has to go, reject this request and have it asked for again."
    ),
    "approve",
)
COMMENT_MISSING = under_step(_("Say why you reject it: a rejection needs its reason."), "approve")


def about_reason(reason: str, *others: str) -> list[Any]:
    """Return what is wrong with a reason that the public will read."""
    if not says_something(reason):
        return [REASON_MISSING]
    said = " ".join((reason, *others))
    if find_personal_data(said, field="reason", known=public_contacts()):
        return [PERSONAL_REASON]
    return []


def about_decision(withdrawal: Withdrawal, action: str, *, digest: str, comment: str) -> list[Any]:
    """Return what is wrong with a decision, whoever takes it."""
    if withdrawal.state != Withdrawal.State.WAITING or action not in ("approve", "reject"):
        return [NOT_WAITING]
    refused = []
    if digest != withdrawal.digest:
        refused.append(REASON_HAS_CHANGED)
    if action == "approve" and _is_of_other_text(withdrawal):
        refused.append(TEXT_IS_OTHER)
    if action == "reject" and not says_something(comment):
        refused.append(COMMENT_MISSING)
    if action == "approve" and not withdrawal.reason:
        refused.append(REASON_MISSING)
    return refused


def _is_of_other_text(withdrawal: Withdrawal) -> bool:
    """Tell whether another text has become public since the withdrawal was asked for."""
    later = Publication.objects.filter(page_id=withdrawal.page_id, ended_at=None)
    return withdrawal.down_at is None and later.exclude(pk=withdrawal.publication_id).exists()
