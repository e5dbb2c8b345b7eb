"""
The circuit breaker: a channel that needs a person, or has used up its allowance, pauses alone.

It closes by itself after the pause, for one message that tries, or at once by a person of the
unit that owns the channel. People are told once for each cause.
"""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from otp_policy.channels.base import ErrorClass, Outcome, OutcomeState
from otp_policy.wagtail.publishing import DISPATCHER
from otp_policy.wagtail.recording import record
from otp_policy.wagtail.signals import channel_needs_person

from .conf import adapter_for, pause_seconds
from .locking import locked_delivery, locked_switch
from .models import Delivery
from .switches import ChannelSwitch
from .waits import asks_to_wait, leave_alone

State = Delivery.State
_OPENS = frozenset({ErrorClass.PERSON, ErrorClass.QUOTA})
_LONGEST_PAUSE_SECONDS = 24 * 3600.0


def hear(delivery: Delivery, outcome: Outcome) -> None:
    """
    Open or close the breaker of the channel after an answer, in the caller's transaction.

    A service that was asked too often, or says that it nearly was, is left alone for a while: that
    opens no breaker, and closes none.

    INVARIANT: called before anything else is written there, so that the channel's row is locked
    before the delivery's, and both before the ledger (`locking`).
    """
    if not _concerns_channel(delivery.channel, outcome):
        return
    switch = locked_switch(delivery.channel)
    locked_delivery(delivery.pk)
    if asks_to_wait(outcome):
        leave_alone(delivery.channel, outcome.retry_after_seconds or 0, detail=outcome.detail)
    if outcome.state is OutcomeState.SENT and switch.pause_cause:
        close_breaker(switch)
    elif stops_channel(outcome):
        open_breaker(
            delivery.channel,
            cause=str(outcome.error_class),
            detail=outcome.detail,
            page_id=delivery.page_id,
            seconds=outcome.retry_after_seconds,
        )


def _concerns_channel(channel: str, outcome: Outcome) -> bool:
    if asks_to_wait(outcome):
        return True
    if outcome.state is not OutcomeState.SENT:
        return stops_channel(outcome)
    return ChannelSwitch.objects.filter(channel=channel).exclude(pause_cause="").exists()


def stops_channel(outcome: Outcome) -> bool:
    """Tell whether what a service answered concerns all that the channel owes."""
    return outcome.error_class in _OPENS and not outcome.of_message_alone


def open_breaker(
    channel: str, *, cause: str, detail: str, page_id: int | None, seconds: int | None = None
) -> None:
    """
    Let *channel* pause, longer each time in a row, and tell people if the cause is new.

    Args:
        cause: A value of `ErrorClass`.
        detail: What the service said, without secrets.
        page_id: The item that met with it.
        seconds: For how long the service wants to be left alone, if it said so.
    """
    switch = locked_switch(channel)
    usual = pause_seconds() * 2.0 ** min(switch.pauses, 10)
    pause = min(_LONGEST_PAUSE_SECONDS, max(usual, float(seconds or 0)))
    now = timezone.now()
    is_news = switch.pause_cause != cause
    # Answers to calls that were under way together make one opening.
    if switch.paused_until is None or switch.paused_until <= now:
        switch.pauses += 1
        switch.paused_until = now + timedelta(seconds=pause)
    switch.pause_cause, switch.pause_detail = cause, detail[:500]
    switch.save()
    if is_news:
        _tell(channel, cause, page_id)


def _tell(channel: str, cause: str, page_id: int | None) -> None:
    record(
        "pause_channel",
        user=None,
        page_id=page_id,
        channel=channel,
        cause=cause,
        via=DISPATCHER,
    )
    channel_needs_person.send(sender=ChannelSwitch, channel=channel, cause=cause, page_id=page_id)


def close_breaker(switch: ChannelSwitch) -> None:
    """End the pause of a locked *switch*, and free what waited because of it."""
    switch.paused_until, switch.pauses = None, 0
    switch.pause_cause = switch.pause_detail = ""
    switch.save()
    free_held(switch.channel)


def free_held(channel: str) -> int:
    """
    Let go again what was held because its channel could not be used, and return how many.

    INVARIANT: only what surely never went out. What may be out waits for a person.
    """
    if adapter_for(channel) is None:
        return 0
    held: Any = Delivery.objects.filter(
        Q(state=State.HELD) | Q(state=State.FAILED, error_class=ErrorClass.PERSON),
        channel=channel,
        attempts__gt=0,
        error_class__in=_OPENS,
        reason="",  # what our own rules hold waits for what they say
    ).exclude(log__outcome=State.UNKNOWN)
    return sum(
        Delivery.objects.filter(pk=one.pk, fence=one.fence, state=one.state).update(
            state=State.PENDING,
            fence=one.fence + 1,
            due_at=timezone.now(),
            error_class="",
            detail="",
        )
        for one in held.order_by("pk")  # see `locking`
    )
