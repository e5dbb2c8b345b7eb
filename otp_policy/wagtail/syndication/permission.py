"""Asks again, at the moment of sending: the order among the deliveries, the policy, the website."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from otp_policy import Assent, Decision
from otp_policy import Slot as CoreSlot
from otp_policy.wagtail.adapters import actor_for, has_authority, question
from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.history import last_publication
from otp_policy.wagtail.publishing import governed_page

from . import reasons
from .claims import move
from .follow_ups import without_earlier
from .models import Delivery
from .needs_person import leave_to_person
from .standing import may_be_out, what_is_changed
from .website_check import website_shows

State, Operation = Delivery.State, Delivery.Operation

_LOOK_AT_EARLIER_AFTER = timedelta(seconds=5)


def may_go(delivery: Delivery) -> bool:
    """
    Tell whether *delivery* may go out now, and write down why not.

    Its turn comes after the earlier deliveries of the item on the channel. What publishes or
    corrects is asked of the policy again, in the name of who ordered it, and waits until the
    website shows the very text. What takes a message down waits for neither (annex 1 step 5).
    """
    if not _is_its_turn(delivery):
        return False
    page = governed_page(delivery.page_id)
    if not _is_wanted(delivery, page):
        _drop(delivery)
        return False
    if delivery.operation == Operation.WITHDRAW and (delivery.in_place or page is None):
        return True
    decision = _ask_again(delivery, page)
    if not _allows(delivery, decision):
        codes = ",".join(str(finding.code) for finding in decision.reasons)
        leave_to_person(delivery, State.HELD, reason=reasons.REFUSED, detail=codes)
        return False
    return delivery.operation == Operation.WITHDRAW or website_shows(delivery, page)


def _is_its_turn(delivery: Delivery) -> bool:
    """Tell whether what *delivery* follows is settled, and so that it has something to change."""
    if delivery.follows_id is None:
        return True
    earlier = what_is_changed(delivery)
    if delivery.operation == Operation.PUBLISH:
        waits = earlier is not None and earlier.state not in _ENDED
    elif earlier is None:
        move(delivery, State.CANCELLED, reason=reasons.NOTHING_OUT)
        return False
    elif earlier.state == State.SENT:
        return _has_number(delivery, earlier)
    else:
        waits = may_be_out(earlier)
        if not waits:
            without_earlier(delivery, earlier)
            return False
    if waits:
        again = timezone.now() + _LOOK_AT_EARLIER_AFTER
        move(delivery, delivery.state, reason=reasons.EARLIER_OPEN, due_at=again)
    return not waits


_ENDED = (State.SENT, State.FAILED, State.CANCELLED, State.SUPERSEDED)


def _has_number(delivery: Delivery, earlier: Delivery) -> bool:
    if not delivery.in_place or earlier.remote_id:
        return True
    leave_to_person(delivery, State.HELD, reason=reasons.NO_REMOTE_ID)
    return False


def _is_wanted(delivery: Delivery, page: Any) -> bool:
    """Tell whether the item still is what the message says: public, or withdrawn."""
    if delivery.operation != Operation.WITHDRAW:
        return page is not None and delivery.publication.ended_at is None
    if delivery.in_place:
        return True
    last = last_publication(delivery.page_id)
    return last is None or last.ended_at is not None


def _drop(delivery: Delivery) -> None:
    """Give up a message that is not wanted any more, unless it may be out already."""
    last = last_publication(delivery.page_id)
    if delivery.state == State.UNKNOWN and not delivery.in_place:
        leave_to_person(delivery, State.HELD, reason=reasons.NOT_LIVE_UNKNOWN)
    elif last is not None and last.ended_at is None and last.pk != delivery.publication_id:
        move(delivery, State.SUPERSEDED, reason=reasons.NEWER_TEXT)
    else:
        move(delivery, State.CANCELLED, reason=reasons.NOT_LIVE)


def _ask_again(delivery: Delivery, page: Any) -> Decision:
    on, user = office_day(), delivery.orderer
    asked = question(
        page,
        "publish",
        actor_for(user if user.is_active else None, on),
        digest=delivery.publication.digest,
        channel=delivery.channel,
        on=on,
    )
    return current_policy().decide(_as_agreed(asked, delivery))


def _allows(delivery: Delivery, decision: Decision) -> bool:
    """Tell whether the message may go; that an item is withdrawn, any publisher may say."""
    if delivery.operation == Operation.WITHDRAW:
        return has_authority(decision)
    return decision.allowed


def _as_agreed(asked: Any, delivery: Delivery) -> Any:
    """Return the question with the slot and the approval that this delivery was made from."""
    approval = delivery.publication.approval
    slot = CoreSlot(
        channel=delivery.channel,
        at=delivery.slot.at,
        confirmed_by=str(delivery.orderer.pk),
    )
    # An adoption by an order, or an emergency, approves nothing for a channel.
    is_approved = approval.kind == approval.Kind.APPROVE
    given = Assent(by=str(approval.by_id), digest=approval.digest)
    approvals = (given,) if is_approved else ()
    item = replace(
        asked.item,
        slots=(slot,),
        approvals=approvals,
        contributors=(),
    )
    return replace(asked, item=item)
