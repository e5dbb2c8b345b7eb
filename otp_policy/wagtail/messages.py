"""What each reason code of the core says to a reader, and what to do about it."""

from collections.abc import Iterable
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from otp_policy import Finding

from .conf import current_policy
from .wording import clause_name

SENTENCES = {
    "not_in_force": _("The measures were not yet in force on that day."),
    "delegation_not_in_force": _(
        "The delegation order does not cover this day. Ask the holder of the role, or for a new "
        "order."
    ),
    "wrong_unit": _("You hold this role in another unit. The item's own unit has to do this."),
    "role_missing": _("This step belongs to another role. Ask whoever holds it."),
    "own_work": _(
        "You worked on this item since it was last approved, so someone else has to decide on it."
    ),
    "slot_missing": _("No time is agreed for this channel. Propose one on the item's schedule."),
    "slot_unconfirmed": _(
        "The unit that owns the channel has not confirmed the time. Ask it to confirm."
    ),
    "endorsement_missing": _("The item is not endorsed yet. Ask whoever endorses it."),
    "endorsement_stale": _(
        "The item was changed after its endorsement. It has to be endorsed again."
    ),
    "same_person": _("You endorsed this text yourself, so another person has to approve it."),
    "urgent_reason_missing": _(
        "An urgent item goes out before its approval only with a reason. Say why it is urgent."
    ),
    "second_person_missing": _(
        "An urgent item goes out before its approval only with a second person behind it. Ask "
        "someone who did not work on it to endorse it."
    ),
    "approval_missing": _("The item has no approval. Submit it, and wait for the approval."),
    "approval_stale": _("The item was changed after its approval. It has to be approved again."),
    "website_not_live": _("The item has to be live on the website first."),
    "already_live": _("Exactly this text is live already; there is nothing to publish."),
    "not_live": _("The item is not live, so there is nothing to correct, withdraw or attest."),
}


def explain(finding: Finding) -> str:
    """Return the sentence for *finding*, with its clause, in the reader's language."""
    return under_clause(str(SENTENCES[str(finding.code)]), finding)


def under_clause(sentence: str, finding: Finding) -> str:
    """Return *sentence* with the clause of *finding*, in the reader's language."""
    clause = clause_name(finding.clause)
    if finding.interpretation:
        return gettext("%(sentence)s (%(clause)s, as this office reads it)") % {
            "sentence": sentence,
            "clause": clause,
        }
    return gettext("%(sentence)s (%(clause)s)") % {"sentence": sentence, "clause": clause}


def _under_step(sentence: str, action: str) -> str:
    policy = current_policy()
    clauses = [step.clause for step in policy.steps if action in step.actions]
    # What is no step of the annex, as an attestation, stands under the clause of its rule.
    clauses += [rule.clause for rule in policy.document.rule if rule.action == action]
    clause = next(iter(clauses), "")
    return gettext("%(sentence)s (%(clause)s, as this office reads it)") % {
        "sentence": sentence,
        "clause": clause_name(clause),
    }


# A refusal of the plugin's own, in the reader's language, under the clause of the step it guards.
under_step = lazy(_under_step, str)

DISPATCHER_PUBLISHES = under_step(
    _(
        "Items under the publication measures go live at their confirmed time, by the unit that "
        "owns the channel. Nobody publishes them by hand."
    ),
    "publish",
)
ALIASES_FOLLOW = under_step(
    _(
        "An alias would go live with its source, without an approval of its own. Copy the item "
        "instead."
    ),
    "approve",
)

WORKFLOW_INCOMPLETE = under_step(
    _(
        "The workflow of this category lacks a step of the measures. Ask the administrator to run "
        "the setup again."
    ),
    "approve",
)


def explain_all(findings: Iterable[Finding]) -> list[str]:
    """Return a sentence for every finding."""
    return [explain(finding) for finding in findings]


def confirmer_left(user: Any) -> str:
    """Say why a confirmed time does not stand any more."""
    return gettext(
        "%(name)s, who confirmed this time, has left the post. Somebody of the unit has to "
        "confirm it again."
    ) % {"name": user.get_full_name() or user.get_username()}
