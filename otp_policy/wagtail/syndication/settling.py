"""
Finds out what became of an attempt that nobody knows the end of.

LINE is asked again with the same key and bytes; Facebook is read back, more than once, before
anything is repeated.
"""

import logging
from typing import Any

from django.db import transaction
from django.utils import timezone

from otp_policy.channels.base import Reconciled, Reconciliation

from . import reasons
from .claims import move, note
from .conf import look_again_seconds
from .fault_logs import said, told
from .models import Delivery
from .needs_person import again_in
from .outcomes import backoff_seconds, mark_sent
from .standing import SETTLED
from .waits import leave_alone
from .writing import in_line

__all__ = ["conclude_look", "look"]

logger = logging.getLogger(__name__)

State = Delivery.State


def look(delivery: Delivery, adapter: Any) -> int:
    conclude_look(delivery, _looked(delivery, adapter))
    return 1


def _looked(delivery: Delivery, adapter: Any) -> Reconciliation:
    """Return what looking showed; an adapter that raises, against its contract, showed nothing."""
    key, since = str(delivery.retry_key), delivery.first_attempt_at
    try:
        return adapter.reconcile(delivery.payload, key=key, since=since)
    except Exception as error:
        logger.error("the adapter of %s: %s", delivery.channel, told(error))
        return Reconciliation(state=Reconciled.UNDECIDABLE, detail=said(error))


@in_line
@transaction.atomic
def conclude_look(delivery: Delivery, seen: Reconciliation) -> None:
    if seen.retry_after_seconds:
        leave_alone(delivery.channel, seen.retry_after_seconds, detail=seen.detail)
    note(delivery, "look", seen.state, detail=seen.detail)
    if seen.state is Reconciled.FOUND:
        mark_sent(delivery, seen.remote_id, "", seen.permalink)
    elif seen.state is Reconciled.UNDECIDABLE:
        blind = delivery.log.filter(kind="look", outcome=Reconciled.UNDECIDABLE).count()
        _again_in(backoff_seconds(blind), delivery, looks=delivery.looks, detail=seen.detail)
    elif delivery.looks < len(pauses := look_again_seconds()):
        _again_in(pauses[delivery.looks], delivery, looks=delivery.looks + 1, detail=seen.detail)
    else:
        # Looked for and absent every time: taken as never sent.
        note(delivery, SETTLED, seen.state)
        move(delivery, State.PENDING, looks=0, due_at=timezone.now(), reason=reasons.ABSENT)


def _again_in(seconds: float, delivery: Delivery, *, looks: int, detail: str) -> None:
    again_in(seconds, delivery, State.UNKNOWN, looks=looks, detail=detail)
