"""
That the access to a channel is about to end: its unit is told some days before, not each day.

A token that ended stops the channel, and renewing one takes a person who may be away. Each of the
settings' days is told once; an access that was renewed is told of anew.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from otp_policy.wagtail.publishing import DISPATCHER
from otp_policy.wagtail.recording import record

from .conf import warn_of_end_days
from .locking import locked_switch
from .switches import ChannelSwitch

__all__ = ["ends_soon", "note_end"]

# A service that tells for how long an access still holds names another instant at each look.
_SAME_END = timedelta(hours=1)


@transaction.atomic
def note_end(channel: str, ends_at: datetime | None) -> None:
    """
    Write down when the access to *channel* ends, and have its unit told if that is soon.

    Args:
        ends_at: With its time zone; None for no end, or where the service tells none.
    """
    switch = locked_switch(channel)
    told = None if _is_renewed(switch.access_ends_at, ends_at) else switch.access_warned_days
    reached = _reached(ends_at, timezone.now())
    switch.access_ends_at, switch.access_warned_days = ends_at, told
    if reached is not None and (told is None or reached < told):
        switch.access_warned_days = reached
        _tell(channel, ends_at)
    switch.save(update_fields=["access_ends_at", "access_warned_days"])


def ends_soon(switch: ChannelSwitch, now: datetime) -> bool:
    """Tell whether the access to a channel ends within the days of the first warning."""
    return _reached(switch.access_ends_at, now) is not None


def _is_renewed(before: datetime | None, ends_at: datetime | None) -> bool:
    return before is None or ends_at is None or ends_at > before + _SAME_END


def _reached(ends_at: datetime | None, now: datetime) -> int | None:
    """Return the fewest of the settings' days that are left at most; of what ended, none."""
    if ends_at is None or ends_at <= now:
        return None
    within = (days for days in warn_of_end_days() if ends_at - now <= timedelta(days=days))
    return min(within, default=None)


def _tell(channel: str, ends_at: datetime | None) -> None:
    at = ends_at.isoformat() if ends_at else ""
    record("access_ends", user=None, channel=channel, ends_at=at, via=DISPATCHER)
