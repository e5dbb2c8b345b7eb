"""
Who may call a channel for a delivery, and how an answer is written down: leases and fencing.

A delivery is claimed and committed as `sending` before its call. Whoever dies in the call leaves
an expired lease behind, and that means `unknown`, never `pending`: the message may be out.
"""

import time
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from otp_policy.wagtail.models import Publication, Slot

from . import reasons
from .conf import lease_seconds, timeout_seconds
from .gates import may_call
from .locking import locked_slot
from .models import Attempt, Delivery
from .waits import wait_of
from .writing import in_line

State = Delivery.State

# LINE keeps a retry key for 24 hours; an hour is left for clocks that differ.
RETRY_KEY_VALID = timedelta(hours=23)


def expire_leases() -> None:
    now = timezone.now()
    for delivery in Delivery.objects.filter(state=State.SENDING, lease_until__lt=now):
        taken = Delivery.objects.filter(
            pk=delivery.pk, state=State.SENDING, fence=delivery.fence
        ).update(state=State.UNKNOWN, due_at=now, lease_until=None, reason=reasons.LEASE_EXPIRED)
        if taken:
            note(delivery, "lease", State.UNKNOWN, detail="the sender vanished")


@in_line
@transaction.atomic
def claim(delivery: Delivery, expected: str) -> bool:
    """
    Take the delivery for one call, committed before the call; False if another has it.

    The first call uses up the slot: from then on the time is nobody's to move any more.
    """
    now = timezone.now()
    slot = locked_slot(delivery.slot_id)  # before the channel and the delivery (`locking`)
    if slot.state not in (Slot.State.CONFIRMED, Slot.State.USED):
        return False
    if _went_down(delivery, expected) or not may_call(
        delivery.channel, now, attempts=delivery.attempts
    ):
        return _give_back(delivery)
    taken = _take(
        delivery,
        expected,
        state=State.SENDING,
        attempts=delivery.attempts + 1,
        lease_until=now + timedelta(seconds=lease_seconds()),
        last_attempt_at=now,
        **_key(delivery, expected, now),
    )
    if taken and slot.state == Slot.State.CONFIRMED:
        slot.state = Slot.State.USED
        slot.save(update_fields=["state", "updated_at"])
    return taken


def _went_down(delivery: Delivery, expected: str) -> bool:
    """
    Tell whether the item of an unknown message was taken down since the policy was asked.

    A takedown cancels what is pending, and the fence tells; what may be out it leaves alone.
    """
    if expected == State.PENDING or delivery.operation == Delivery.Operation.WITHDRAW:
        return False
    return Publication.objects.filter(pk=delivery.publication_id, ended_at__isnull=False).exists()


def _key(delivery: Delivery, expected: str, now: datetime) -> dict[str, Any]:
    """
    Return when the first attempt with this key began, and a new key where the service forgot it.

    What is pending surely never went out, so that another key cannot make it two: an allowance
    that was used up holds a message for weeks. What is unknown keeps its key, come what may.
    """
    first = delivery.first_attempt_at
    if first is None or (expected == State.PENDING and now - first > RETRY_KEY_VALID):
        again = {"retry_key": uuid.uuid4()} if first else {}
        return {"first_attempt_at": now, **again}
    return {"first_attempt_at": first}


@in_line
def claim_look(delivery: Delivery) -> bool:
    """
    Take the delivery for one look. It stays unknown, and is due again if the looker dies.

    A service that wants to be left alone is not asked either.
    """
    if wait_of(delivery.channel, timezone.now()) is not None:
        return _give_back(delivery)
    until = timezone.now() + timedelta(seconds=lease_seconds())
    return _take(delivery, State.UNKNOWN, lease_until=until)


def _give_back(delivery: Delivery) -> bool:
    """End a reservation without a call, and return False: nothing was claimed."""
    move(delivery, delivery.state, detail=delivery.detail, reason=delivery.reason)
    return False


def give_up_if_late(delivery: Delivery, was: str) -> bool:
    """
    Tell whether too little of the lease is left for the call, and then do without it.

    A process that was suspended after its claim wakes up here. Another may have looked for the
    message meanwhile and, finding nothing, be about to send it.
    """
    if _seconds_left(delivery) > sum(timeout_seconds()):
        return False
    if move(delivery, was, due_at=timezone.now(), reason=reasons.WOKE_UP_LATE):
        note(delivery, "lease", "not_sent", detail="woke up too late to send")
    return True


def is_late(delivery: Delivery) -> bool:
    """
    Tell whether too little of the lease is left for the service to take a request.

    Asked once more when the connection stands: a process may be suspended at any point.
    """
    return _seconds_left(delivery) <= timeout_seconds()[1]


def _seconds_left(delivery: Delivery) -> float:
    """Return what is left of the lease, by the wall's clock and by the one that is never set."""
    by_the_wall = (delivery.lease_until - timezone.now()).total_seconds()
    passed = time.monotonic() - getattr(delivery, "claimed_at", float("-inf"))
    return min(by_the_wall, lease_seconds() - passed)


def _take(delivery: Delivery, expected: str, **values: Any) -> bool:
    asked_at = time.monotonic()
    values["fence"] = delivery.fence + 1
    taken = Delivery.objects.filter(
        pk=delivery.pk, state=expected, fence=delivery.fence, due_at__lte=timezone.now()
    ).update(**values)
    if not taken:
        return False
    for name, value in {"state": expected, **values}.items():
        setattr(delivery, name, value)
    delivery.claimed_at = asked_at
    return True


def move(delivery: Delivery, state: str, **values: Any) -> bool:
    """Write a new state, unless another claim has taken the delivery meanwhile (the fence)."""
    values.setdefault("detail", "")
    values.setdefault("reason", "")
    values = {name: _storable(name, value) for name, value in values.items()}
    moved = Delivery.objects.filter(
        pk=delivery.pk, fence=delivery.fence, state=delivery.state
    ).update(state=state, lease_until=None, **values)
    return bool(moved)


def note(
    delivery: Delivery, kind: str, outcome: str, *, error_class: str = "", detail: str = ""
) -> None:
    Attempt.objects.create(
        delivery=delivery,
        at=timezone.now(),
        kind=kind,
        outcome=str(outcome),
        error_class=str(error_class),
        detail=_storable("detail", detail),
    )


def _storable(name: str, value: Any) -> Any:
    """
    Return what a service said so that every database takes it.

    An answer that cannot be written down would leave its delivery unknown for ever.
    """
    if not isinstance(value, str):
        return value
    text = value.encode("utf-8", "replace").decode().replace("\0", "?")
    return text[: Delivery._meta.get_field(name).max_length]
