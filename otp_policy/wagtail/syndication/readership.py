"""
How many readers the messages of a channel had: fetched with the daily look, for the reports.

A service keeps such numbers for some days only, and they grow: each message is asked about again
until its days are over, and what was told last stays.
"""

from datetime import timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from otp_policy.channels.base import StatisticsAdapter, StatisticsState

from .models import Delivery, Readers

__all__ = ["fetch_readers"]

# LINE tells of a message for fourteen days, and answers sixty such questions an hour.
_TOLD_FOR = timedelta(days=14)
_AT_ONCE = 50


def fetch_readers(channel: str, adapter: Any) -> int:
    """Ask the service of *channel* about its messages of these days; return how many it told of."""
    if not isinstance(adapter, StatisticsAdapter):
        return 0
    told = 0
    for delivery in _asked_about(channel):
        answer = adapter.statistics(delivery.remote_id)
        if answer.state is StatisticsState.UNKNOWN:
            break  # it cannot be asked now: the others would wait for the same
        now = timezone.now()
        values: dict[str, Any] = {"asked_at": now}
        if answer.state is StatisticsState.READY:
            told += 1
            values |= {
                "told_at": now,
                "reached": answer.delivered,
                "saw": answer.unique_impressions,
                "followed": answer.unique_clicks,
            }
        Readers.objects.update_or_create(delivery=delivery, defaults=values)
    return told


def _asked_about(channel: str) -> QuerySet[Delivery]:
    """Return the messages of these days, those first that were asked about longest ago."""
    since = timezone.now() - _TOLD_FOR
    sent = Delivery.objects.filter(
        channel=channel, state=Delivery.State.SENT, in_place=False, sent_at__gte=since
    )
    oldest_first = F("readers__asked_at").asc(nulls_first=True)
    return sent.exclude(remote_id="").order_by(oldest_first, "pk")[:_AT_ONCE]
