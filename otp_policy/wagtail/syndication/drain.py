"""
Sends what the outbox owes, exactly once as far as the network can tell.

A delivery is claimed and committed as `sending` before its call. Whoever dies in the call leaves
an expired lease behind, and that means `unknown`, never `pending`: the message may be out. LINE
is then asked again with the same key and bytes; Facebook is read back, more than once, before
anything is repeated.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from otp_policy import Assent
from otp_policy import Slot as CoreSlot
from otp_policy.channels.base import Outcome, OutcomeState, Reconciled
from otp_policy.wagtail.adapters import actor_for, question
from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.messages import explain_all
from otp_policy.wagtail.publishing import governed_page
from otp_policy.wagtail.recording import record

from .conf import adapter_for, lease_seconds, look_again_seconds, workers
from .models import Attempt, Delivery

logger = logging.getLogger(__name__)
State = Delivery.State

# LINE keeps a retry key for 24 hours; an hour is left for clocks that differ.
RETRY_KEY_VALID = timedelta(hours=23)
_FIRST_BACKOFF_SECONDS = 5
_LONGEST_BACKOFF_SECONDS = 900


def drain(limit: int = 200) -> int:
    """Send or settle what is due, and return how many deliveries were looked at."""
    _expire_leases()
    keys = list(
        Delivery.objects.filter(
            state__in=(State.PENDING, State.UNKNOWN), due_at__lte=timezone.now()
        )
        .order_by("due_at", "pk")
        .values_list("pk", flat=True)[:limit]
    )
    if connection.in_atomic_block or len(keys) < 2:
        # In a test's transaction other threads would not see the rows.
        return sum(_deliver(key) for key in keys)
    with ThreadPoolExecutor(max_workers=min(workers(), len(keys))) as pool:
        return sum(pool.map(_deliver_in_thread, keys))


def _deliver_in_thread(key: int) -> int:
    try:
        return _deliver(key)
    except Exception:
        logger.exception("delivery %s", key)
        return 0
    finally:
        close_old_connections()
        connection.close()


def _expire_leases() -> None:
    now = timezone.now()
    for delivery in Delivery.objects.filter(state=State.SENDING, lease_until__lt=now):
        taken = Delivery.objects.filter(
            pk=delivery.pk, state=State.SENDING, fence=delivery.fence
        ).update(state=State.UNKNOWN, due_at=now, lease_until=None, detail="the sender vanished")
        if taken:
            _note(delivery, "lease", State.UNKNOWN, detail="the sender vanished")


def _deliver(key: int) -> int:
    delivery = Delivery.objects.select_related("publication", "slot__confirmed_by").get(pk=key)
    if delivery.state == State.UNKNOWN:
        return _settle(delivery)
    if _may_go(delivery):
        return _send(delivery)
    return 1


def _may_go(delivery: Delivery) -> bool:
    """Ask the policy again, at the moment of sending, in the name of who confirmed the slot."""
    publication = delivery.publication
    page = governed_page(delivery.page_id)
    if page is None or publication.ended_at is not None:
        _move(delivery, State.CANCELLED, detail="no longer live")
        return False
    on, user = office_day(), delivery.slot.confirmed_by
    asked = question(
        page,
        "publish",
        actor_for(user if user.is_active else None, on),
        digest=publication.digest,
        channel=delivery.channel,
        on=on,
    )
    decision = current_policy().decide(_as_agreed(asked, delivery))
    if not decision.allowed:
        _move(delivery, State.HELD, detail=" ".join(explain_all(decision.reasons)))
    return decision.allowed


def _as_agreed(asked: Any, delivery: Delivery) -> Any:
    """Return the question with the slot and the approval that this delivery was made from."""
    approval = delivery.publication.approval
    slot = CoreSlot(
        channel=delivery.channel,
        at=delivery.slot.at,
        confirmed_by=str(delivery.slot.confirmed_by_id),
    )
    item = replace(
        asked.item,
        slots=(slot,),
        approvals=(Assent(by=str(approval.by_id), digest=approval.digest),),
        contributors=(),
    )
    return replace(asked, item=item)


def _claim(delivery: Delivery, expected: str) -> bool:
    """Take the delivery for one call, committed before the call; False if another has it."""
    now = timezone.now()
    taken = Delivery.objects.filter(pk=delivery.pk, state=expected, fence=delivery.fence).update(
        state=State.SENDING,
        fence=delivery.fence + 1,
        attempts=delivery.attempts + 1,
        lease_until=now + timedelta(seconds=lease_seconds()),
        first_attempt_at=delivery.first_attempt_at or now,
        last_attempt_at=now,
    )
    if taken:
        delivery.refresh_from_db()
    return bool(taken)


def _send(delivery: Delivery, *, was: str = State.PENDING) -> int:
    adapter = adapter_for(delivery.channel)
    if adapter is None:
        _move(delivery, State.HELD, detail="no credentials: the owner unit posts this by hand")
        return 1
    if not _claim(delivery, was):
        return 0
    outcome = adapter.send(delivery.payload, key=str(delivery.retry_key))
    _conclude(delivery, outcome, was_unknown=was == State.UNKNOWN)
    return 1


def _conclude(delivery: Delivery, outcome: Outcome, *, was_unknown: bool) -> None:
    _note(
        delivery,
        "send",
        outcome.state,
        error_class=outcome.error_class,
        detail=outcome.detail,
    )
    if outcome.state is OutcomeState.SENT:
        _sent(delivery, outcome.remote_id, outcome.request_id, outcome.permalink)
    elif outcome.state is OutcomeState.UNKNOWN or was_unknown:
        # Unknown is sticky: a later refusal says nothing about the earlier attempt.
        _later(delivery, State.UNKNOWN, outcome)
    elif outcome.state is OutcomeState.NOT_SENT or outcome.error_class == "retry":
        _later(delivery, State.PENDING, outcome)
    elif outcome.state is OutcomeState.HELD:
        _move(delivery, State.HELD, error_class=outcome.error_class, detail=outcome.detail)
    else:
        _move(delivery, State.FAILED, error_class=outcome.error_class, detail=outcome.detail)


def _later(delivery: Delivery, state: str, outcome: Outcome) -> None:
    backoff = min(
        _LONGEST_BACKOFF_SECONDS, _FIRST_BACKOFF_SECONDS * 2 ** min(delivery.attempts - 1, 10)
    )
    seconds = max(backoff, outcome.retry_after_seconds or 0)
    _move(
        delivery,
        state,
        due_at=timezone.now() + timedelta(seconds=seconds),
        error_class=outcome.error_class,
        detail=outcome.detail,
    )


def _settle(delivery: Delivery) -> int:
    """Find out what became of an attempt that nobody knows the end of."""
    adapter = adapter_for(delivery.channel)
    if adapter is None or delivery.first_attempt_at is None:
        _move(delivery, State.HELD, error_class="person", detail="nothing to look with")
        return 1
    if adapter.capabilities.idempotent:
        if timezone.now() - delivery.first_attempt_at > RETRY_KEY_VALID:
            _move(delivery, State.HELD, error_class="person", detail="the retry key has expired")
            return 1
        return _send(delivery, was=State.UNKNOWN)
    return _look(delivery, adapter)


def _look(delivery: Delivery, adapter: Any) -> int:
    seen = adapter.reconcile(
        delivery.payload, key=str(delivery.retry_key), since=delivery.first_attempt_at
    )
    _note(delivery, "look", seen.state, detail=seen.detail)
    if seen.state is Reconciled.FOUND:
        _sent(delivery, seen.remote_id, "", seen.permalink)
    elif seen.state is Reconciled.UNDECIDABLE:
        _again_at(delivery, delivery.looks, seen.detail)
    elif delivery.looks < len(look_again_seconds()):
        _again_at(delivery, delivery.looks + 1, seen.detail)
    else:
        # Looked for and absent every time: taken as never sent.
        _move(delivery, State.PENDING, looks=0, due_at=timezone.now(), detail="absent")
    return 1


def _again_at(delivery: Delivery, looks: int, detail: str) -> None:
    pauses = look_again_seconds()
    seconds = pauses[min(max(looks, 1), len(pauses)) - 1] if pauses else 0.0
    _move(
        delivery,
        State.UNKNOWN,
        looks=looks,
        due_at=timezone.now() + timedelta(seconds=seconds),
        detail=detail,
    )


@transaction.atomic
def _sent(delivery: Delivery, remote_id: str, request_id: str, permalink: str) -> None:
    now = timezone.now()
    moved = _move(
        delivery,
        State.SENT,
        remote_id=remote_id,
        request_id=request_id,
        permalink=permalink,
        sent_at=now,
        error_class="",
        detail="",
    )
    if moved:
        record(
            "delivered",
            user=delivery.slot.confirmed_by,
            page_id=delivery.page_id,
            digest=delivery.publication.digest,
            channel=delivery.channel,
            reference=delivery.reference,
            remote_id=remote_id,
        )


def _move(delivery: Delivery, state: str, **values: Any) -> bool:
    """Write a new state, unless another claim has taken the delivery meanwhile (the fence)."""
    values["detail"] = str(values.get("detail", ""))[:500]
    moved = Delivery.objects.filter(
        pk=delivery.pk, fence=delivery.fence, state=delivery.state
    ).update(state=state, lease_until=None, **values)
    return bool(moved)


def _note(
    delivery: Delivery, kind: str, outcome: str, *, error_class: str = "", detail: str = ""
) -> None:
    Attempt.objects.create(
        delivery=delivery,
        at=timezone.now(),
        kind=kind,
        outcome=str(outcome),
        error_class=str(error_class),
        detail=detail[:500],
    )
