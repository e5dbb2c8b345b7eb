"""What a notice says: one whole sentence for each code, in the reader's language."""

from collections.abc import Callable
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from .models.choices import label_of
from .wording import office_datetime

SENTENCES = {
    "ask_endorse": _("“%(title)s” waits for your endorsement."),
    "ask_approve": _("“%(title)s” waits for your approval."),
    "urgent_ask_endorse": _("Important or urgent: “%(title)s” waits for your endorsement."),
    "urgent_ask_approve": _("Important or urgent: “%(title)s” waits for your approval."),
    "urgent_coming": _(
        "Important or urgent: “%(title)s” is on its way to you for approval; its endorsement "
        "comes first."
    ),
    "nobody_may_endorse": _(
        "Nobody may endorse “%(title)s” today: whoever could has worked on it, or nobody holds "
        "the post. Ask for an acting holder or a delegation order."
    ),
    "nobody_may_approve": _(
        "Nobody may approve “%(title)s” today: whoever could has worked on it, or nobody holds "
        "the post. Ask for an acting holder or a delegation order."
    ),
    "ask_confirm_slot": _(
        "%(channel)s: the time %(time)s is proposed for “%(title)s”. Your unit answers."
    ),
    "ask_propose_slot": _(
        "%(channel)s: the time %(time)s is proposed instead for “%(title)s”. Your division answers."
    ),
    "endorsed": _("“%(title)s” is endorsed."),
    "approved": _("“%(title)s” is approved."),
    "changes_asked": _("Changes are asked for in “%(title)s”. The reason is on its screen."),
    "slot_confirmed": _("%(channel)s: the time of “%(title)s” is confirmed."),
    "sent_now": _("%(channel)s: “%(title)s” is sent now, by order of the channel's unit."),
    "held": _("%(channel)s: “%(title)s” is held back. The reason is on its screen."),
    "not_published": _(
        "%(channel)s: “%(title)s” could not be published. The reason is on its screen."
    ),
    "channel_needs_person": _(
        "%(channel)s sends nothing until somebody renews its access; it was noticed with "
        "“%(title)s”. What is owed waits."
    ),
    "channel_needs_quota": _(
        "%(channel)s has used up its allowance and pauses; it was noticed with “%(title)s”. What "
        "is owed waits."
    ),
    "channel_alone_needs_person": _(
        "%(channel)s sends nothing until somebody renews its access. What is owed waits."
    ),
    "channel_alone_needs_quota": _(
        "%(channel)s has used up its allowance and pauses. What is owed waits."
    ),
    "access_ends": _(
        "%(channel)s: its access ends on %(time)s. Renew it before: after that nothing goes out "
        "there."
    ),
    "task_by_hand": _(
        "%(channel)s: “%(title)s” is for your unit to post by hand, from %(time)s on. The register "
        "of deliveries has the text ready."
    ),
    "message_needs_person": _(
        "%(channel)s: the message about “%(title)s” waits for somebody of your unit. The register "
        "of deliveries says why."
    ),
    "lost_message_needs_person": _(
        "%(channel)s: a message waits for somebody of your unit. The register of deliveries says "
        "why."
    ),
    "published": _("“%(title)s” is live on the website."),
    "taken_down": _("“%(title)s” was taken down from the website."),
    "ask_endorse_withdrawal": _("The withdrawal of “%(title)s” waits for your endorsement."),
    "ask_approve_withdrawal": _("The withdrawal of “%(title)s” waits for your approval."),
    "urgent_ask_endorse_withdrawal": _(
        "Important or urgent: the withdrawal of “%(title)s” waits for your endorsement."
    ),
    "urgent_ask_approve_withdrawal": _(
        "Important or urgent: the withdrawal of “%(title)s” waits for your approval."
    ),
    "withdrawal_endorsed": _("The withdrawal of “%(title)s” is endorsed."),
    "withdrawal_approved": _("The withdrawal of “%(title)s” is approved: it is down."),
    "withdrawal_rejected": _(
        "The withdrawal of “%(title)s” is rejected. The reason is on its screen."
    ),
    "website_late": _(
        "%(channel)s: “%(title)s” has not gone out, because the website still does not show its "
        "text. Somebody has to look why."
    ),
    "remind_endorse": _("“%(title)s” still waits for your endorsement."),
    "remind_approve": _("“%(title)s” still waits for your approval."),
    "remind_confirm_slot": _(
        "%(channel)s: the time %(time)s for “%(title)s” still waits for your unit's answer."
    ),
    "remind_propose_slot": _(
        "%(channel)s: the time %(time)s for “%(title)s” still waits for your division's answer."
    ),
    "remind_endorse_withdrawal": _(
        "The withdrawal of “%(title)s” still waits for your endorsement."
    ),
    "remind_approve_withdrawal": _("The withdrawal of “%(title)s” still waits for your approval."),
    "remind_explain_withdrawal": _(
        "“%(title)s” is down, and nobody has given the reason that the public reads. Give it; "
        "until then nobody can approve the withdrawal."
    ),
    "escalate_endorse": _("“%(title)s” of %(unit)s has waited too long for its endorsement."),
    "escalate_approve": _("“%(title)s” of %(unit)s has waited too long for its approval."),
    "escalate_endorse_withdrawal": _(
        "The withdrawal of “%(title)s” of %(unit)s has waited too long for its endorsement."
    ),
    "escalate_approve_withdrawal": _(
        "The withdrawal of “%(title)s” of %(unit)s has waited too long for its approval."
    ),
    "escalate_explain_withdrawal": _(
        "“%(title)s” of %(unit)s is down, and has waited too long for the reason that the public "
        "reads."
    ),
    "escalate_confirm_slot": _(
        "%(channel)s: the time %(time)s for “%(title)s” of %(unit)s has waited too long for the "
        "answer of the channel's unit."
    ),
    "escalate_propose_slot": _(
        "%(channel)s: the time %(time)s for “%(title)s” of %(unit)s has waited too long for the "
        "division's answer."
    ),
}
# Where the notices of other apps lead, by the code of their sentence or by what they are about.
LINKS: dict[str, Callable[[Any], str]] = {}


def link_of(notice: Any) -> str:
    """Return where *notice* leads: to its item, or to the channels if it is about one of them."""
    for key in (notice.what, notice.subject):
        if key in LINKS:
            return LINKS[key](notice)
    if notice.page_id != notice.NO_PAGE:
        return reverse("otp_policy:item", args=(notice.page_id,))
    try:
        return reverse("otp_policy_channels:channels")
    except NoReverseMatch:  # the app of the channels was taken out since
        return reverse("otp_policy:notices")


def sentence_of(notice: Any, unit_names: dict[str, str]) -> str:
    """Return what *notice* says; *unit_names* are the names of the units by their codes."""
    # A notice of an earlier version, or of another plugin, still says which item it is about.
    return str(SENTENCES.get(notice.what, "“%(title)s”")) % {
        "title": notice.title,
        "unit": unit_names.get(notice.unit, notice.unit),
        "channel": label_of("channels", notice.channel),
        "time": office_datetime(notice.slot_at),
    }
