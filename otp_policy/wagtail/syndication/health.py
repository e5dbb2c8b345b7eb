"""
The daily look at each channel: whether its access holds, what is left of its allowance, who read.

A token that dies is noticed on a quiet day, and not by the first message that should go out.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from otp_policy.channels.base import ErrorClass
from otp_policy.wagtail.conf import current_policy

from .access_ends import note_end
from .breaker import open_breaker
from .choosing import all_switches
from .conf import adapter_for, look_every_seconds
from .fault_logs import told
from .gates import forget_old_calls
from .models import Delivery
from .readership import fetch_readers
from .switches import ChannelSwitch

logger = logging.getLogger(__name__)
# What an adapter calls an access that somebody has to renew.
_NEEDS_PERSON = "unhealthy"
_IN_ORDER = "healthy"


def look_is_due() -> bool:
    """Tell whether a channel is to be looked at; one query on as many rows as channels."""
    due_at = dict(ChannelSwitch.objects.values_list("channel", "look_due_at"))
    if any(name not in due_at for name in current_policy().channels):
        due_at = {switch.channel: switch.look_due_at for switch in all_switches()}
    now = timezone.now()
    return any(at is None or at <= now for at in due_at.values())


def take_look() -> tuple[str, Callable[[], object]] | None:
    """Take one channel that is to be looked at, and return the work; None if there is none."""
    now = timezone.now()
    due = ChannelSwitch.objects.filter(Q(look_due_at=None) | Q(look_due_at__lte=now))
    for switch in due:
        # Taken by one dispatcher: whoever comes second finds the time moved.
        taken = ChannelSwitch.objects.filter(pk=switch.pk, look_due_at=switch.look_due_at).update(
            look_due_at=now + timedelta(seconds=look_every_seconds())
        )
        if taken:
            return switch.channel, partial(look_at, switch.channel)
    return None


def look_at(channel: str) -> None:
    """Ask the service about access and allowance, and write down what it says."""
    forget_old_calls(channel, timezone.now())
    adapter = adapter_for(channel)
    health, quota = _asked(adapter, "health"), _asked(adapter, "quota")
    _fetch_readers(channel, adapter)
    values: dict[str, Any] = {}
    if health is not None:
        values["health"] = str(getattr(health, "state", ""))[:16]
        values["health_detail"] = str(getattr(health, "detail", ""))[:500]
    if quota is not None and getattr(quota, "is_known", True):
        values["quota_limit"] = _number(getattr(quota, "limit", None))
        values["quota_used"] = _number(getattr(quota, "used", None))
        values["quota_cost"] = _number(getattr(quota, "cost", None))
    if not values:
        return
    ChannelSwitch.objects.filter(channel=channel).update(looked_at=timezone.now(), **values)
    if values.get("health") == _IN_ORDER:  # who was not answered keeps the end that was known
        note_end(channel, _instant(getattr(health, "expires_at", None)))
    if values.get("health") == _NEEDS_PERSON:
        _alarm(channel, values["health_detail"])


def _fetch_readers(channel: str, adapter: Any) -> None:
    try:
        fetch_readers(channel, adapter)
    except Exception as error:
        # An adapter of an agency's own may raise; the look at the access is worth more.
        logger.error("the readers of %s cannot be counted: %s", channel, told(error))


def _asked(adapter: Any, what: str) -> Any:
    """Return what *adapter* says of *what*, or None if it cannot say."""
    ask = getattr(adapter, what, None)
    if ask is None:
        return None
    try:
        return ask()
    except Exception as error:
        # By contract it never raises; an adapter of an agency's own may. One channel that cannot
        # be asked must not keep the others from being looked at.
        logger.error("the %s of %s cannot be read: %s", what, adapter.name, told(error))
        return None


@transaction.atomic
def _alarm(channel: str, detail: str) -> None:
    # The last item of the channel stands for it: its unit's people are who can help.
    page_id = (
        Delivery.objects.filter(channel=channel)
        .order_by("-pk")
        .values_list("page_id", flat=True)
        .first()
    )
    open_breaker(channel, cause=str(ErrorClass.PERSON), detail=detail, page_id=page_id)


def _instant(value: object) -> datetime | None:
    return value if isinstance(value, datetime) and timezone.is_aware(value) else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None
