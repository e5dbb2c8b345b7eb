"""Requests for the same: the owning unit is asked to publish it by itself."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.recording import record

from . import telling
from .access import produces_for, standing_of
from .conf import alike_to_disclose, alike_within
from .models import Topic

__all__ = ["close", "look_at", "recent_count"]


def recent_count(topic: Topic) -> int:
    """Return how many requests for *topic* came within the time in which they count."""
    since = timezone.now() - alike_within()
    return topic.requests.filter(registered_at__gte=since).count()


def look_at(topic: Topic) -> bool:
    """Ask the unit to publish what is asked for again and again, once; tell whether it was now."""
    topic = Topic.objects.select_for_update().get(pk=topic.pk)
    count = recent_count(topic)
    if topic.raised_at is not None or count < alike_to_disclose():
        return False
    topic.raised_at = timezone.now()
    topic.save(update_fields=["raised_at"])
    record("request_topic_raised", user=None, unit=topic.unit.code, topic=topic.pk, requests=count)
    telling.tell_topic(topic)
    return True


@transaction.atomic
def close(topic_id: int, *, user: Any, published_at_url: str = "", reason: str = "") -> Topic:
    """
    Answer for a topic: where it is published, or why it is not.

    Raises:
        PermissionDenied: If *user* neither handles cases nor works for its unit.
        ValidationError: If neither is said.
    """
    topic = Topic.objects.select_for_update().get(pk=topic_id)
    if not (standing_of(user).handles or produces_for(user, topic.unit)):
        raise PermissionDenied
    if not published_at_url.strip() and not reason.strip():
        raise ValidationError(_("Say where it is published, or why it is not."), code="empty")
    topic.closed_at, topic.closed_by = timezone.now(), user
    topic.published_at_url, topic.reason = published_at_url.strip(), reason.strip()
    topic.save()
    record(
        "request_topic_closed",
        user=user,
        unit=topic.unit.code,
        topic=topic.pk,
        published=bool(topic.published_at_url),
    )
    return topic
