"""What notices of update requests lead to, and when they ask nothing more."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from otp_policy.wagtail.askers import Asker
from otp_policy.wagtail.models.notices import Subject

from .models import UpdateRequest

__all__ = ["update_asker", "update_link"]


def update_link(notice: Any) -> str:
    """Return where a notice of an update request leads."""
    return reverse("otp_policy_monitoring:requests")


def _waiting(now: datetime) -> Iterator[Any]:
    # A request has a day of its own, and is told of once when that is over.
    return iter(())


def _nobody(key: int, page: Any) -> list[Any]:
    return []


def _over(unread: QuerySet[Any]) -> Iterator[QuerySet[Any]]:
    still = UpdateRequest.objects.filter(pk=OuterRef("subject_id"), state=UpdateRequest.State.OPEN)
    yield unread.filter(~Exists(still))


update_asker = Asker(subject=Subject.UPDATE, waiting=_waiting, answerers=_nobody, over=_over)
