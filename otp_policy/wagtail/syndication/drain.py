"""
Sends what the outbox owes, exactly once as far as the network can tell.

A process that is suspended looks at its lease before a call, and once more when the connection
stands (`channels.last_look`). What remains is a suspension in the few instructions between that
look and the writing of the request's last piece. Should such a late call go through, its answer is
written down all the same (`outcomes.mark_sent`).
"""

import threading
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

from django.db import connection
from django.utils import timezone

from . import reasons
from .choosing import Turns, anything_due, reserve, take_next
from .claims import RETRY_KEY_VALID, claim, claim_look, expire_leases, give_up_if_late
from .conf import adapter_for, drain_seconds, workers
from .crew import Crew, Job, until
from .health import look_is_due, take_look
from .models import Delivery
from .needs_person import leave_to_person
from .operations import call
from .outcomes import conclude
from .permission import may_go
from .settling import look

State = Delivery.State
Calls = AbstractContextManager[Any]
NO_LIMIT: Calls = nullcontext()
_ANSWER_HOLDS_SECONDS = 1.0


def drain(*, stopping: threading.Event | None = None) -> int:
    """Send or settle what is due, and return how many deliveries were looked at."""
    if connection.in_atomic_block:
        return _drain_here()
    if not anything_due() and not look_is_due():
        return 0
    expire_leases()
    # Half as many again get the next messages ready, and write down answers, during the calls.
    calls = threading.BoundedSemaphore(workers())
    crew = Crew(workers() + workers() // 2 + 1, partial(_take, Turns(), calls))
    return crew.run(until(stopping, drain_seconds()))


def _take(turns: Turns, calls: threading.BoundedSemaphore, busy: Mapping[str, int]) -> Job | None:
    delivery = turns.take_next(busy=busy)
    if delivery is not None:
        return delivery.channel, partial(carry_out, delivery, calls=calls)
    return take_look()


def _drain_here() -> int:
    """Do the same one by one: in a test's transaction other threads would not see the rows."""
    expire_leases()
    began, done = timezone.now(), 0
    while (delivery := take_next(busy={}, due_by=began)) is not None:
        done += carry_out(delivery)
    return done


def deliver(key: int) -> int:
    """Send or settle one delivery, if it is due and nobody has it; return 1 if it was."""
    delivery = Delivery.objects.select_related("publication", "slot__confirmed_by").get(pk=key)
    if delivery.due_at > timezone.now() or not reserve(delivery):
        return 0
    return carry_out(delivery)


def carry_out(delivery: Delivery, *, calls: Calls = NO_LIMIT) -> int:
    """
    Send or settle a delivery that is reserved.

    Args:
        calls: Is entered around each call, so that no more are under way than there are workers.
    """
    if delivery.state == State.UNKNOWN:
        return _settle(delivery, calls)
    if delivery.state == State.PENDING and may_go(delivery):
        return _send(delivery, calls)
    return 1


def _settle(delivery: Delivery, calls: Calls) -> int:
    """Find out what became of an attempt that nobody knows the end of."""
    adapter = adapter_for(delivery.channel)
    if adapter is None or delivery.first_attempt_at is None:
        leave_to_person(delivery, State.HELD, reason=reasons.CANNOT_LOOK)
        return 1
    if delivery.in_place:  # a change may be made again, whatever became of the last
        return _send(delivery, calls, was=State.UNKNOWN) if may_go(delivery) else 1
    if adapter.capabilities.idempotent:
        if timezone.now() - delivery.first_attempt_at > RETRY_KEY_VALID:
            leave_to_person(delivery, State.HELD, reason=reasons.KEY_EXPIRED)
            return 1
        # The first attempt may never have arrived: then this one is what makes it public.
        return _send(delivery, calls, was=State.UNKNOWN) if may_go(delivery) else 1
    with calls:
        return look(delivery, adapter) if claim_look(delivery) else 0


def _send(delivery: Delivery, calls: Calls, *, was: str = State.PENDING) -> int:
    adapter = adapter_for(delivery.channel)
    if adapter is None:
        leave_to_person(delivery, State.HELD, reason=reasons.BY_HAND)
        return 1
    asked_at = time.monotonic()
    with calls:
        # Whoever waited for a turn asks the policy again.
        if time.monotonic() - asked_at > _ANSWER_HOLDS_SECONDS and not may_go(delivery):
            return 1
        if not claim(delivery, was):
            return 0
        if give_up_if_late(delivery, was):
            return 1
        outcome = call(delivery, adapter)
    conclude(delivery, outcome, was_unknown=was == State.UNKNOWN)
    return 1
