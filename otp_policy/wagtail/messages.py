"""What each reason code of the core says to a reader, and what to do about it."""

from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from otp_policy import Finding

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
    "endorsement_missing": _("The division director has not endorsed the item yet."),
    "endorsement_stale": _(
        "The item was changed after its endorsement. It has to be endorsed again."
    ),
    "approval_missing": _("The item has no approval. Submit it, and wait for the approval."),
    "approval_stale": _("The item was changed after its approval. It has to be approved again."),
    "website_not_live": _("The item has to be live on the website first."),
    "already_live": _("Exactly this text is live already; there is nothing to publish."),
    "not_live": _("The item is not live, so there is nothing to correct or withdraw."),
}

DISPATCHER_PUBLISHES = _(
    "Items under the publication measures go live at their confirmed time, by the unit that owns "
    "the channel. Nobody publishes them by hand."
)


def explain(finding: Finding) -> str:
    """Return the sentence for *finding*, with its clause, in the reader's language."""
    sentence = str(SENTENCES[str(finding.code)])
    if finding.interpretation:
        return gettext("%(sentence)s (%(clause)s, as this office reads it)") % {
            "sentence": sentence,
            "clause": finding.clause,
        }
    return gettext("%(sentence)s (%(clause)s)") % {"sentence": sentence, "clause": finding.clause}


def explain_all(findings: Iterable[Finding]) -> list[str]:
    """Return a sentence for every finding."""
    return [explain(finding) for finding in findings]
