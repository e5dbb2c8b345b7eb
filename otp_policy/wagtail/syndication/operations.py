"""The one call that carries a delivery out: send, change in place, or delete."""

import logging
from functools import partial
from typing import Any

from otp_policy.channels.base import ErrorClass, Outcome, OutcomeState
from otp_policy.channels.last_look import TooLateError, unless_late

from .claims import is_late
from .fault_logs import said, told
from .models import Delivery
from .standing import what_is_changed

logger = logging.getLogger(__name__)

Operation = Delivery.Operation


def call(delivery: Delivery, adapter: Any) -> Outcome:
    """
    Return what the one call came to; no shipped adapter sends once the lease is over.

    By contract an adapter never raises; one of an agency's own may. What it raises proves nothing:
    the message may be out.
    """
    try:
        with unless_late(partial(is_late, delivery)):
            outcome = _call(delivery, adapter)
        if isinstance(outcome, Outcome):
            return outcome
        detail = f"an answer that is none: {type(outcome).__name__}"
        logger.error("the adapter of %s: %s", delivery.channel, detail)
    except TooLateError:
        return Outcome(state=OutcomeState.NOT_SENT, error_class=ErrorClass.RETRY)
    except Exception as error:
        logger.error("the adapter of %s: %s", delivery.channel, told(error))
        detail = said(error)
    return Outcome(state=OutcomeState.UNKNOWN, error_class=ErrorClass.UNKNOWN, detail=detail)


def _call(delivery: Delivery, adapter: Any) -> Outcome:
    if not delivery.in_place:
        return adapter.send(delivery.payload, key=str(delivery.retry_key))
    earlier = what_is_changed(delivery)
    if earlier is None or not earlier.remote_id:
        return Outcome(
            state=OutcomeState.HELD, error_class=ErrorClass.PERSON, of_message_alone=True
        )
    if delivery.operation == Operation.WITHDRAW:
        return adapter.delete(earlier.remote_id)
    return adapter.edit(earlier.remote_id, delivery.payload)


def kind_of(delivery: Delivery) -> str:
    """Return how the call is named among the attempts."""
    if not delivery.in_place:
        return "send"
    return "delete" if delivery.operation == Operation.WITHDRAW else "edit"
