"""
Moves every open case when the table of holidays changes, and says so on the case.

Rows of the table send signals; what changed it otherwise (a query, a fixture) is found by the
dispatcher's round, which compares the table with what the cases were last counted with.
"""

from collections import defaultdict
from datetime import date
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.utils import timezone

from otp_policy.clocks import Deadline
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.models import Holiday
from otp_policy.wagtail.recording import record_many

from .clock import deadline_of, set_due_day
from .models import CaseEvent, InformationRequest

__all__ = ["connect", "reclock", "reclock_if_changed"]

_BATCH = 500
_COUNTED_WITH = "otp_policy_requests.counted_with"


def connect() -> None:
    """Listen to the table of holidays."""
    for signal in (post_save, post_delete):
        signal.connect(_changed, sender=Holiday, dispatch_uid="otp_policy_requests.reclocking")


def _changed(sender: Any, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        reclock()


def reclock_if_changed() -> int:
    """Count anew if the table is not the one that was counted with; return how many moved."""
    days = Holiday.objects.order_by("on").values_list("on", flat=True)
    mark = sha256(",".join(day.isoformat() for day in days).encode()).hexdigest()
    if cache.get(_COUNTED_WITH) == mark:
        return 0
    moved = reclock()
    cache.set(_COUNTED_WITH, mark, None)
    return moved


@transaction.atomic
def reclock() -> int:
    """Count every open case anew, and return how many due dates moved."""
    on, moved = office_day(), 0
    table = list(Holiday.objects.values_list("on", flat=True))
    open_cases = InformationRequest.objects.filter(closed_on=None, received_on__lte=on)
    keys = list(open_cases.order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(keys), _BATCH):
        moved += _reclock_some(keys[first : first + _BATCH], on, table)
    return moved


def _reclock_some(keys: list[int], on: date, table: list[date]) -> int:
    cases = list(InformationRequest.objects.select_for_update().filter(pk__in=keys, closed_on=None))
    events: dict[int, list[CaseEvent]] = defaultdict(list)
    for event in CaseEvent.objects.filter(case__in=cases, kind__in=CaseEvent.ON_THE_CLOCK):
        events[event.case_id].append(event)
    moved = []
    for case in cases:
        holidays = [day for day in table if day >= case.received_on]
        answer = deadline_of(case, on=on, events=events[case.pk], holidays=holidays)
        before = case.due_on
        if set_due_day(case, answer):
            moved.append((case, before, answer))
    _tell(moved, on)
    return len(moved)


def _tell(moved: list[tuple[InformationRequest, date | None, Deadline]], on: date) -> None:
    facts = [
        {
            "before": before.isoformat() if before else None,
            "after": answer.due_on.isoformat() if answer.due_on else None,
        }
        for _case, before, answer in moved
    ]
    InformationRequest.objects.bulk_update(
        [case for case, *_rest in moved], ["due_on", "is_paused", "reminded"], batch_size=_BATCH
    )
    now = timezone.now()
    CaseEvent.objects.bulk_create(
        CaseEvent(case=case, kind=CaseEvent.Kind.RECLOCKED, on=on, at=now, facts=said)
        for (case, *_rest), said in zip(moved, facts, strict=True)
    )
    if moved:
        rows = [
            {"request": case.reference, **said}
            for (case, *_rest), said in zip(moved, facts, strict=True)
        ]
        record_many("request_reclocked", user=None, rows=rows)
