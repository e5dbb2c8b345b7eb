"""Whether a channel may be called at this moment: kill switch, wait, pause, and hourly limit."""

from datetime import datetime, timedelta

from .conf import at_once, per_hour
from .locking import locked_switch
from .models import Delivery
from .switches import ChannelCall, ChannelSwitch

_WINDOW = timedelta(hours=1)


def may_call(channel: str, now: datetime, *, attempts: int) -> bool:
    """
    Tell whether *channel* may be called now, and count the call.

    While the channel pauses, only a message with earlier *attempts* tries again at its own time;
    while its service wants to be left alone, none does.
    Calls of other processes under way count too, as long as their leases hold.

    INVARIANT: asked in the transaction that commits the claim, with the channel's row locked, so
    that the limit holds over all processes, and that switching off stops what has not begun.
    """
    switch = locked_switch(channel)
    if switch.off_at is not None or switch.must_wait(now):
        return False
    if switch.is_paused(now) and not attempts:
        return False
    together = at_once(channel)
    if together is not None and _under_way(channel, now) >= together:
        return False
    limit = per_hour(channel)
    return limit is None or _counted(switch, limit, now)


def _under_way(channel: str, now: datetime) -> int:
    sending = Delivery.objects.filter(channel=channel, state=Delivery.State.SENDING)
    return sending.filter(lease_until__gt=now).count()


def _counted(switch: ChannelSwitch, limit: int, now: datetime) -> bool:
    """Count a call, unless *limit* calls began within the hour before *now*."""
    calls = ChannelCall.objects.filter(channel=switch.channel)
    within = calls.filter(at__gt=now - _WINDOW)
    begun = list(within.order_by("-at").values_list("at", flat=True)[:limit])
    if len(begun) >= limit:
        # As soon as the oldest of these leaves the hour, there is room for one more.
        switch.full_until = (begun[-1] if begun else now) + _WINDOW
        switch.save(update_fields=["full_until"])
        return False
    ChannelCall.objects.create(channel=switch.channel, at=now)
    return True


def forget_old_calls(channel: str, now: datetime) -> None:
    """Delete what no limit counts any more."""
    ChannelCall.objects.filter(channel=channel, at__lte=now - 2 * _WINDOW).delete()
