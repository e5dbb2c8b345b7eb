"""
Which delivery comes next: fair among the channels, in the agreed order within a page.

Finding nothing costs one indexed query, whatever the size of the site.
"""

import time
from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from otp_policy.wagtail.conf import current_policy
from otp_policy.wagtail.models import UrgentMark

from .conf import at_once, lease_seconds, workers_a_channel
from .locking import locked_switch
from .models import Delivery
from .switches import ChannelSwitch
from .writing import in_line

State = Delivery.State
_OPEN = (State.PENDING, State.UNKNOWN)
_SEEN_HOLDS_SECONDS = 0.5


def anything_due() -> bool:
    """Tell whether a delivery is due, or a lease may have to be ended."""
    now = timezone.now()
    owed = Q(state__in=_OPEN, due_at__lte=now) | Q(state=State.SENDING, lease_until__lt=now)
    return Delivery.objects.filter(owed).exists()


class Turns:
    """
    Whose turn it is: each channel that owes something once, then all are asked for again.

    What was seen holds for half a second at most, and only says where to look: the claim asks the
    switch, the pause and the limits again before every call.
    """

    def __init__(self) -> None:
        self._waiting: deque[ChannelSwitch] = deque()
        self._anything_urgent = False
        self._seen_at = float("-inf")

    def take_next(
        self,
        *,
        busy: Mapping[str, int],
        due_by: datetime | None = None,
        channels_cap: int | None = None,
    ) -> Delivery | None:
        """
        Reserve the delivery that comes next, and return it; None if nothing may go now.

        Args:
            busy: How many workers of this process are lent to each channel.
            due_by: Takes only what was due then; default: what is due now.
            channels_cap: How many workers a channel may have here; default: the setting's.
        """
        now = timezone.now()
        due_by = due_by or now
        cap = workers_a_channel() if channels_cap is None else channels_cap
        if time.monotonic() - self._seen_at < _SEEN_HOLDS_SECONDS:
            taken = self._take_first(busy, cap, now, due_by)
            if taken is not None:
                return taken
        self._look(now, due_by)
        return self._take_first(busy, cap, now, due_by)

    def _look(self, now: datetime, due_by: datetime) -> None:
        self._seen_at = time.monotonic()
        self._waiting = deque(_open_channels(now, due_by))
        self._anything_urgent = bool(self._waiting) and _urgent().exists()

    def _take_first(
        self, busy: Mapping[str, int], cap: int, now: datetime, due_by: datetime
    ) -> Delivery | None:
        while self._waiting:
            switch = self._waiting.popleft()
            limit = at_once(switch.channel)
            is_full = limit is not None and switch.under_way >= limit
            if is_full or busy.get(switch.channel, 0) >= cap:
                continue
            taken = _take_from(switch, now, due_by, urgent_first=self._anything_urgent)
            if taken is not None:
                return taken
        return None


def take_next(
    *, busy: Mapping[str, int], due_by: datetime | None = None, channels_cap: int | None = None
) -> Delivery | None:
    """Reserve the delivery that comes next as everything stands now (`Turns.take_next`)."""
    return Turns().take_next(busy=busy, due_by=due_by, channels_cap=channels_cap)


def reserve(delivery: Delivery) -> bool:
    """
    Keep *delivery* from other dispatchers while the policy is asked about it.

    Nothing is sent under a reservation: whoever dies holding one delays, and loses nothing.
    """
    now = timezone.now()
    until = now + timedelta(seconds=lease_seconds())
    reserved = (
        Delivery.objects.filter(pk=delivery.pk, fence=delivery.fence, state=delivery.state)
        .filter(_unleased(now))
        .update(fence=F("fence") + 1, lease_until=until)
    )
    if reserved:
        delivery.fence, delivery.lease_until = delivery.fence + 1, until
    return bool(reserved)


def _unleased(now: datetime) -> Q:
    return Q(lease_until=None) | Q(lease_until__lte=now)


def _claimable(now: datetime, due_by: datetime) -> QuerySet[Delivery]:
    """Return what is due, nobody's, and not behind an earlier message about the same page."""
    earlier = Delivery.objects.filter(
        Q(state__in=(State.SENDING, State.UNKNOWN))
        # One that waits for its own, later time has nothing to do with this one.
        | Q(state=State.PENDING, attempts__gt=0)
        | Q(state=State.PENDING, due_at__lte=now),
        page_id=OuterRef("page_id"),
        channel=OuterRef("channel"),
        pk__lt=OuterRef("pk"),
    )
    # What follows another knows by itself what it has to wait for (`permission.may_go`).
    in_turn = Q(follows__isnull=False) | ~Exists(earlier)
    return Delivery.objects.filter(_unleased(now), in_turn, state__in=_OPEN, due_at__lte=due_by)


# While a channel pauses, what met with its trouble tries again at its own time; nothing else goes.
_MET_THE_TROUBLE = Q(attempts__gt=0)


def _open_channels(now: datetime, due_by: datetime) -> list[ChannelSwitch]:
    """Return the channels that owe something and may be called: the least busy first."""
    switches = all_switches()
    callable_now = [one for one in switches if _may_be_called(one, now)]
    paused = [one.channel for one in callable_now if one.is_paused(now)]
    of_channel = Q(channel=OuterRef("channel"))
    owed = _claimable(now, due_by).filter(of_channel)
    if paused:
        owed = owed.filter(~Q(channel__in=paused) | _MET_THE_TROUBLE)
    under_way = (
        Delivery.objects.filter(of_channel, state=State.SENDING, lease_until__gt=now)
        .order_by()
        .values("channel")
        .annotate(number=Count("pk"))
        .values("number")
    )
    under_way_or_none = Coalesce(Subquery(under_way, output_field=IntegerField()), 0)
    return list(
        ChannelSwitch.objects.filter(Exists(owed), pk__in=[one.pk for one in callable_now])
        .annotate(under_way=under_way_or_none)
        .order_by("under_way", F("served_at").asc(nulls_first=True), "pk")
    )


def _may_be_called(switch: ChannelSwitch, now: datetime) -> bool:
    return switch.off_at is None and not switch.is_full(now) and not switch.must_wait(now)


def all_switches() -> list[ChannelSwitch]:
    """Return the row of every channel, and make those that the policy has and nobody made yet."""
    switches = list(ChannelSwitch.objects.all())
    known = {switch.channel for switch in switches}
    missing = [name for name in current_policy().channels if name not in known]
    if not missing:
        return switches
    ChannelSwitch.objects.bulk_create(
        [ChannelSwitch(channel=name) for name in missing], ignore_conflicts=True
    )
    return list(ChannelSwitch.objects.all())


@in_line
@transaction.atomic
def _take_from(
    switch: ChannelSwitch, now: datetime, due_by: datetime, *, urgent_first: bool
) -> Delivery | None:
    """
    Reserve the first delivery of a channel: what is important or urgent before the rest.

    The channel's row is locked before the delivery's, as by whoever claims one (`locking`).
    """
    switch = locked_switch(switch.channel)
    due = _claimable(now, due_by).filter(channel=switch.channel).order_by("due_at", "pk")
    if switch.is_paused(now):
        due = due.filter(_MET_THE_TROUBLE)
    rows = [due.filter(page_id__in=_urgent())] if urgent_first else []
    first = next((one for each in [*rows, due] if (one := _locked(each).first())), None)
    if first is None or not reserve(first):
        return None
    ChannelSwitch.objects.filter(pk=switch.pk).update(served_at=now)
    return first


def _urgent() -> QuerySet[UrgentMark, Any]:
    return UrgentMark.objects.filter(lifted_at=None).values("page_id")


def _locked(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Step over what another dispatcher is taking, where the database can; the fence decides."""
    rows = rows.select_related("publication__approval", "slot__confirmed_by")
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(of=("self",), no_key=True, skip_locked=True)
    return rows
