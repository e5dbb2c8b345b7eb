"""The one call that carries a delivery out: send, change in place, or delete."""

from functools import partial
from typing import Any

from otp_policy.channels.base import ErrorClass, Outcome, OutcomeState
from otp_policy.channels.last_look import unless_late

from .claims import is_late
from .models import Delivery
from .standing import what_is_changed

Operation = Delivery.Operation


def call(delivery: Delivery, adapter: Any) -> Outcome:
    """Return what the one call came to; no shipped adapter sends once the lease is over."""
    with unless_late(partial(is_late, delivery)):
        return _call(delivery, adapter)


def _call(delivery: Delivery, adapter: Any) -> Outcome:
    if not delivery.in_place:
        return adapter.send(delivery.payload, key=str(delivery.retry_key))
    earlier = what_is_changed(delivery)
    if earlier is None or not earlier.remote_id:
        return Outcome(state=OutcomeState.HELD, error_class=ErrorClass.PERSON)
    if delivery.operation == Operation.WITHDRAW:
        return adapter.delete(earlier.remote_id)
    return adapter.edit(earlier.remote_id, delivery.payload)


def kind_of(delivery: Delivery) -> str:
    """Return how the call is named among the attempts."""
    if not delivery.in_place:
        return "send"
    return "delete" if delivery.operation == Operation.WITHDRAW else "edit"
