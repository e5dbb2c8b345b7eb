"""Settings of the outbox, each with its default."""

from django.conf import settings

from .registry import adapter_for, at_once, per_hour, timeout_seconds

__all__ = ["adapter_for", "at_once", "per_hour", "timeout_seconds"]

WARN_OF_END_DAYS = "OTP_POLICY_WARN_OF_ACCESS_END_DAYS"
_LEASE_MARGIN_SECONDS = 2.0


def lease_seconds() -> float:
    """
    Return how long a dispatcher may hold a delivery.

    INVARIANT: longer than a call may last, whatever the setting says. Otherwise another
    dispatcher would look for a post that is still on its way, and post it again.
    """
    asked = float(getattr(settings, "OTP_POLICY_LEASE_SECONDS", 30.0))
    return max(asked, sum(timeout_seconds()) + _LEASE_MARGIN_SECONDS)


def look_again_seconds() -> tuple[float, ...]:
    """
    Return when to look again for a message that was not there, in seconds after the first look.

    The services may show a message late. Only after the last look is it taken as never sent.
    """
    return tuple(getattr(settings, "OTP_POLICY_LOOK_AGAIN_SECONDS", (5.0, 15.0, 30.0)))


def workers() -> int:
    """Return how many deliveries one dispatcher sends at the same time."""
    return max(1, int(getattr(settings, "OTP_POLICY_SEND_WORKERS", 4)))


def workers_a_channel() -> int:
    """
    Return how many of its workers one dispatcher lends to one channel.

    Not all of them: a channel that answers slowly must leave some to the others.
    """
    usual = max(1, workers() // 2)
    return max(1, int(getattr(settings, "OTP_POLICY_SEND_WORKERS_A_CHANNEL", usual)))


def drain_seconds() -> float:
    """
    Return after how long a round of sending begins no further call, however much is owed.

    A Celery task has to end before its time limit; the next round goes on.
    """
    return float(getattr(settings, "OTP_POLICY_DRAIN_SECONDS", 55.0))


def late_after_seconds() -> float:
    """Return for how long a message is tried or looked for before the channel's unit is told."""
    return float(getattr(settings, "OTP_POLICY_MESSAGE_LATE_SECONDS", 3600.0))


def pause_seconds() -> float:
    """Return how long a channel pauses at first when somebody has to act on it."""
    return float(getattr(settings, "OTP_POLICY_PAUSE_SECONDS", 900.0))


def look_every_seconds() -> float:
    """Return how often the access to a channel and its allowance are looked at."""
    return float(getattr(settings, "OTP_POLICY_LOOK_AT_CHANNELS_SECONDS", 24 * 3600.0))


def warn_of_end_days() -> tuple[int, ...]:
    """Return how many days before the access to a channel ends its unit is told, each once."""
    return tuple(getattr(settings, WARN_OF_END_DAYS, (14, 7, 1)))
