"""
The time for which a service wants to be left alone: it concerns all that the channel owes.

A service that is asked too often says so to one message, and means the account. It is no failure:
nobody has to act, and the channel goes on by itself at the time that the service named.
"""

from datetime import datetime, timedelta

from django.utils import timezone

from otp_policy.channels.base import ErrorClass, Outcome, OutcomeState

from .locking import locked_switch
from .switches import ChannelSwitch

__all__ = ["asks_to_wait", "leave_alone", "wait_of"]

# Whatever a service asks for; the channel is tried again then.
LONGEST_WAIT_SECONDS = 24 * 3600


def asks_to_wait(outcome: Outcome) -> bool:
    """Tell whether a service that answered wants the whole channel to wait."""
    if not outcome.retry_after_seconds or outcome.of_message_alone:
        return False
    is_limit = outcome.state is OutcomeState.HELD and outcome.error_class == ErrorClass.RETRY
    return is_limit or outcome.state is OutcomeState.SENT


def leave_alone(channel: str, seconds: float, *, detail: str = "") -> datetime:
    """
    Begin no call to *channel* for *seconds*, and return until when; in the caller's transaction.

    Of several answers the one that asks for the longest wait counts. It is kept in the channel's
    row: another process, or this one after a restart, knows it too.
    """
    switch = locked_switch(channel)
    until = timezone.now() + timedelta(seconds=min(seconds, LONGEST_WAIT_SECONDS))
    if switch.wait_until is None or switch.wait_until < until:
        switch.wait_until, switch.wait_detail = until, detail[:500]
        switch.save(update_fields=["wait_until", "wait_detail"])
    return switch.wait_until


def wait_of(channel: str, now: datetime) -> datetime | None:
    """Return until when *channel* is left alone, or None if it may be called."""
    switch = ChannelSwitch.objects.filter(channel=channel, wait_until__gt=now).first()
    return switch.wait_until if switch else None
