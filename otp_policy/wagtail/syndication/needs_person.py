"""
Messages that wait for a person of the channel's unit, who is told of each, once.

What keeps a whole channel from sending is told once for the channel (`breaker`). This is for what
one message alone meets with: a text that is refused, an end that nobody can find out, an answer
that stays away.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from otp_policy.channels.base import Outcome
from otp_policy.wagtail.publishing import DISPATCHER
from otp_policy.wagtail.recording import record

from . import reasons
from .claims import move
from .conf import late_after_seconds
from .models import Delivery
from .outbox import row_of
from .writing import in_line


@in_line
@transaction.atomic
def leave_to_person(
    delivery: Delivery,
    state: str,
    *,
    reason: str = "",
    outcome: Outcome | None = None,
    detail: str = "",
) -> None:
    """
    Leave *delivery* to a person of the channel's unit, and have them told.

    Args:
        reason: A code of `reasons`; empty where the service itself said why, in *outcome*.
    """
    values = {"error_class": "person"}
    if outcome is not None:
        values = {"error_class": outcome.error_class, "detail": outcome.detail}
    elif detail:
        values = {"detail": detail}
    if move(delivery, state, reason=reason, **values):
        _tell(delivery, cause=reason or values["error_class"])


@in_line
@transaction.atomic
def again_in(seconds: float, delivery: Delivery, state: str, **values: Any) -> None:
    """Have *delivery* tried or looked for again; where that goes on for long, people are told."""
    now = timezone.now()
    late = _goes_on_for_long(delivery)
    if late:
        values["reason"] = reasons.SERVICE_LATE
    was_late = delivery.reason == reasons.SERVICE_LATE
    moved = move(delivery, state, due_at=now + timedelta(seconds=seconds), **values)
    if moved and late and not was_late:
        _tell(delivery, cause=reasons.SERVICE_LATE)


def _goes_on_for_long(delivery: Delivery) -> bool:
    """Tell whether *delivery* is tried for so long that somebody has to look why."""
    since = delivery.first_attempt_at
    return since is not None and (timezone.now() - since).total_seconds() > late_after_seconds()


def _tell(delivery: Delivery, *, cause: str) -> None:
    record("message_needs_person", user=None, **row_of(delivery), cause=cause, via=DISPATCHER)
