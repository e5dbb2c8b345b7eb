"""Why a delivery stands where it stands: a code in the row, and its words for the reader."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from otp_policy.channels.base import ErrorClass
from otp_policy.wagtail.messages import SENTENCES

# What the outbox itself found.
BY_HAND = "by_hand"
TAKEN_DOWN = "taken_down"
NOT_LIVE = "not_live"
NOT_LIVE_UNKNOWN = "not_live_unknown"
REFUSED = "refused"
SLOT_WITHHELD = "slot_withheld"
NEWER_TEXT = "newer_text"
NOTHING_OUT = "nothing_out"
EARLIER_OPEN = "earlier_open"
NO_REMOTE_ID = "no_remote_id"
WEBSITE_NOT_THERE = "website_not_there"
WEBSITE_LATE = "website_late"
CANNOT_LOOK = "cannot_look"
KEY_EXPIRED = "key_expired"
LEASE_EXPIRED = "lease_expired"
WOKE_UP_LATE = "woke_up_late"
SERVICE_LATE = "service_late"
REFUSED_OFTEN = "refused_often"
OF_MESSAGE_ALONE = "of_message_alone"
ABSENT = "absent"
ABSENT_BY_PERSON = "absent_by_person"
CANCELLED_BY_PERSON = "cancelled_by_person"
THERE_BY_PERSON = "there_by_person"

WORDS = {
    BY_HAND: _("The channel has no access data: its unit posts this by hand and records it."),
    TAKEN_DOWN: _("The item was taken down before the message went out."),
    NOT_LIVE: _("The item is not live any more."),
    NOT_LIVE_UNKNOWN: _(
        "The item is not live any more, and nobody knows whether the message went out. Look on the "
        "channel."
    ),
    REFUSED: _("The measures did not allow it at the time of sending."),
    SLOT_WITHHELD: _("The time was held back or moved, and waits for an answer."),
    NEWER_TEXT: _("A newer text goes out instead."),
    NOTHING_OUT: _("Nothing is out on the channel that this could change."),
    EARLIER_OPEN: _("An earlier message of the item is not settled yet. This one waits for it."),
    NO_REMOTE_ID: _(
        "The service's number of the earlier message is not known. Change it on the channel by "
        "hand, and record that."
    ),
    WEBSITE_NOT_THERE: _("The website does not show the approved text at its address yet."),
    WEBSITE_LATE: _(
        "The website still does not show the approved text at its address. Somebody has to look "
        "why."
    ),
    CANNOT_LOOK: _("Nobody knows whether the message went out, and there is no way to look."),
    KEY_EXPIRED: _(
        "Nobody knows whether the message went out, and the service does not tell any longer. Look "
        "on the channel."
    ),
    LEASE_EXPIRED: _("The sender vanished while it was sending."),
    WOKE_UP_LATE: _("The sender was suspended before the call. It is tried again by itself."),
    SERVICE_LATE: _(
        "The service has not settled this for a long time. It is tried again by itself; somebody "
        "has to look why."
    ),
    REFUSED_OFTEN: _(
        "The service refused this several times in a row. See below what it says, and whether the "
        "address of the item can be reached from outside."
    ),
    OF_MESSAGE_ALONE: _(
        "Somebody has to see to this message on the channel. See below what the service says; the "
        "channel itself sends."
    ),
    ABSENT: _("It was looked for several times and is not there: it is sent again."),
    ABSENT_BY_PERSON: _("Somebody of the channel's unit looked and found that it is not there."),
    CANCELLED_BY_PERSON: _("The channel's unit cancelled it."),
    THERE_BY_PERSON: _("Somebody of the channel's unit found it on the channel."),
}

_BY_ERROR = {
    ErrorClass.RETRY: _("The service did not take it. It is tried again by itself."),
    ErrorClass.QUOTA: _("The service's allowance is used up. It waits until there is some again."),
    ErrorClass.PERSON: _("Somebody has to renew the access or the permission of the channel."),
    ErrorClass.CONTENT: _("The service does not take this text. The item has to be corrected."),
    ErrorClass.UNKNOWN: _("Nobody knows yet whether the message went out. It is being looked for."),
}


def words_of(delivery: Any) -> str:
    """
    Return in the reader's language why *delivery* stands where it stands; "" for nothing to say.

    What a service answered, or somebody noted, stands in `detail` in their own words.
    """
    words = WORDS.get(delivery.reason) or _BY_ERROR.get(delivery.error_class, "")
    if delivery.reason == REFUSED:
        sentences = [SENTENCES[code] for code in delivery.detail.split(",") if code in SENTENCES]
        return " ".join(map(str, [words, *sentences]))
    return str(words)
