"""
What the unit that owns a channel may do with a delivery: resume, cancel, look again, say what is.

Each is refused to strangers with every reason, and each is a row of the ledger. Nobody cancels
what may be out: what is unknown is settled by the service, by looking, or by somebody who looked.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from otp_policy.channels.base import Reconciled
from otp_policy.wagtail.adapters import Held
from otp_policy.wagtail.held import as_row
from otp_policy.wagtail.messages import under_step
from otp_policy.wagtail.models import Slot
from otp_policy.wagtail.recording import record

from . import reasons
from .claims import move, note
from .conf import adapter_for
from .follow_ups import follow_late_answer, live_page_of
from .keepers import require_keeper
from .locking import locked_delivery
from .models import Delivery
from .outbox import frozen_again, row_of
from .standing import SETTLED, may_be_out
from .waits import wait_of

State, Operation = Delivery.State, Delivery.Operation

MAY_BE_OUT = under_step(
    _(
        "Nobody knows yet whether this message went out. Look on the channel, and say whether it "
        "is there; or have it looked for again."
    ),
    "publish",
)
IS_OVER = under_step(
    _("This message is sent, cancelled or replaced already. Open the register again."), "publish"
)
IS_KNOWN = under_step(
    _("What became of this message is known already. There is nothing to find out."), "publish"
)
STAYS_UP = under_step(
    _(
        "The item is withdrawn, so its message has to go. If the service does not delete it, take "
        "it down on the channel and record that."
    ),
    "withdraw",
)
NO_ACCESS = under_step(
    _("The channel has no access data. Post it by hand, and record that."), "publish"
)
SLOT_IS_OPEN = under_step(
    _("The time on this channel is held back. Confirm it on the item's schedule instead."),
    "confirm_slot",
)
NOT_LIVE = under_step(_("The item is not live any more."), "publish")
REASON_MISSING = under_step(_("Say why: the reason is kept."), "publish")
ADDRESS_WRONG = under_step(
    _("Give the whole address of the message, beginning with https://."), "publish"
)


@transaction.atomic
def resume(delivery: Delivery, user: Any) -> Delivery:
    """
    Let a message that surely never went out go again, now, in the name of *user*.

    While the service wants to be left alone it is due when that ends.

    Raises:
        PolicyRefusal: To strangers, and while it may be out, or where it cannot go.
    """
    delivery = locked_delivery(delivery.pk)
    page = live_page_of(delivery)
    also = _unless_owed(delivery)
    if adapter_for(delivery.channel) is None:
        also.append(NO_ACCESS)
    if delivery.slot.state not in (Slot.State.CONFIRMED, Slot.State.USED):
        also.append(SLOT_IS_OPEN)
    if delivery.operation != Operation.WITHDRAW and page is None:
        also.append(NOT_LIVE)
    held = require_keeper(user, delivery, *also)
    _write(
        delivery,
        State.PENDING,
        due_at=_soonest(delivery.channel),
        ordered_by=user,
        error_class="",
        **frozen_again(delivery, delivery.slot, page=page),
    )
    _record("resume_delivery", delivery, user, held)
    return delivery


@transaction.atomic
def cancel(delivery: Delivery, user: Any, *, reason: str) -> Delivery:
    """
    Cancel a message that surely never went out, with the reason.

    Raises:
        PolicyRefusal: To strangers, while it may be out, and of a deletion that is still owed.
    """
    delivery = locked_delivery(delivery.pk, with_slot=True)
    also = _unless_owed(delivery)
    if delivery.in_place and delivery.operation == Operation.WITHDRAW:
        also.append(STAYS_UP)
    if not reason.strip():
        also.append(REASON_MISSING)
    held = require_keeper(user, delivery, *also)
    _write(delivery, State.CANCELLED, reason=reasons.CANCELLED_BY_PERSON, detail=reason.strip())
    # The time was for this message.
    Slot.objects.filter(pk=delivery.slot_id, state__in=Slot.OPEN).update(state=Slot.State.DROPPED)
    _record("cancel_delivery", delivery, user, held, reason=reason.strip())
    return delivery


@transaction.atomic
def look_again(delivery: Delivery, user: Any) -> Delivery:
    """Have a message that may be out looked for once more, as soon as its service takes it."""
    delivery = locked_delivery(delivery.pk)
    held = require_keeper(user, delivery, *_unless_unknown(delivery))
    _write(delivery, State.UNKNOWN, due_at=_soonest(delivery.channel), looks=0, error_class="")
    _record("look_again", delivery, user, held)
    return delivery


def say_it_is_there(delivery: Delivery, user: Any, *, url: str) -> Delivery:
    """
    Settle a message that may be out: *user* found it on the channel, at *url*.

    Raises:
        PolicyRefusal: To strangers, without an address, and where nothing is unknown.
    """
    _check_there(delivery, user, url)
    number = _number_of(delivery)  # asked before the row is locked: a service may take its time
    return _settle_there(delivery, user, url, number)


def _check_there(delivery: Delivery, user: Any, url: str) -> Held:
    also = _unless_unknown(delivery)
    if not url.startswith(("https://", "http://")) or len(url) > _ADDRESS_LENGTH:
        also.append(ADDRESS_WRONG)
    return require_keeper(user, delivery, *also)


_ADDRESS_LENGTH = 500


@transaction.atomic
def _settle_there(delivery: Delivery, user: Any, url: str, number: str) -> Delivery:
    delivery = locked_delivery(delivery.pk)
    held = _check_there(delivery, user, url)
    note(delivery, "person", Reconciled.FOUND)
    _write(
        delivery,
        State.SENT,
        remote_id=number,
        permalink=url,
        sent_at=delivery.last_attempt_at or timezone.now(),
        error_class="",
        reason=reasons.THERE_BY_PERSON,
    )
    _record("say_it_is_there", delivery, user, held, url=url, remote_id=number)
    follow_late_answer(delivery)
    return delivery


def _number_of(delivery: Delivery) -> str:
    """Return the service's number of the message, by which it can be changed later, if it tells."""
    adapter = adapter_for(delivery.channel)
    if adapter is None or not adapter.capabilities.reconcile or not delivery.first_attempt_at:
        return ""
    seen = adapter.reconcile(
        delivery.payload, key=str(delivery.retry_key), since=delivery.first_attempt_at
    )
    return seen.remote_id


@transaction.atomic
def say_it_is_absent(delivery: Delivery, user: Any) -> Delivery:
    """Settle a message that may be out: *user* looked, and it is not there. It can go again."""
    delivery = locked_delivery(delivery.pk)
    held = require_keeper(user, delivery, *_unless_unknown(delivery))
    note(delivery, SETTLED, Reconciled.ABSENT)
    _write(delivery, State.HELD, error_class="person", reason=reasons.ABSENT_BY_PERSON)
    _record("say_it_is_absent", delivery, user, held)
    return delivery


def _soonest(channel: str) -> datetime:
    now = timezone.now()
    return wait_of(channel, now) or now


def _unless_owed(delivery: Delivery) -> list[str]:
    """Return why *delivery* can be neither resumed nor cancelled."""
    if delivery.state in (State.SENT, State.CANCELLED, State.SUPERSEDED):
        return [IS_OVER]
    return [MAY_BE_OUT] if may_be_out(delivery) else []


def _unless_unknown(delivery: Delivery) -> list[str]:
    """Return why there is nothing to find out about *delivery*; a call under way comes first."""
    unknown = delivery.state in (State.UNKNOWN, State.HELD) and may_be_out(delivery)
    return [] if unknown else [IS_KNOWN]


def _write(delivery: Delivery, state: str, **values: Any) -> None:
    # The fence moves on, so that an answer to an earlier claim changes nothing any more.
    if not move(delivery, state, fence=delivery.fence + 1, **values):
        raise RuntimeError(f"{delivery} has changed although it was locked")
    delivery.refresh_from_db()


def _record(action: str, delivery: Delivery, user: Any, held: Held, **more: Any) -> None:
    record(action, user=user, **row_of(delivery), **as_row(held), **more)
