"""
Reminds those who keep a step waiting, and tells others when it waits on (announcement 3).

How long a step may wait is the policy's; that it was told on is in the ledger. Each item is
reminded once in each stage of its waiting, however often the dispatcher looks.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from wagtail.models import TaskState

from otp_policy.calendars import WorkingDays
from otp_policy.entries import Wait
from otp_policy.waits import Stage, stages_reached

from .conf import current_policy, office_day, office_timezone
from .models import NoticeKind, PolicyTask, Slot, WaitStage
from .models.holidays import holidays_from
from .models.notices import Subject
from .notices import About, put
from .publishing import governed_page
from .recipients import holders, who_has_authority, who_may
from .recording import record
from .urgency import urgent_pages

logger = logging.getLogger(__name__)
_HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One step of one item that waits for somebody: a task state or a slot."""

    subject: Subject
    subject_id: int
    page_id: int
    action: str
    since: datetime
    channel: str = ""
    slot_at: datetime | None = None


def remind(now: datetime | None = None) -> int:
    """Remind and tell on whatever has waited too long, and return how many stages that were."""
    now = now or timezone.now()
    reached = 0
    for waiting, stage, wait in _due(now):
        try:
            reached += _reach(waiting, stage, wait, now)
        except Exception:
            # One item that cannot be reminded of must not keep the others from it.
            logger.exception("%s %s: %s failed", waiting.subject, waiting.subject_id, stage)
    return reached


def _due(now: datetime) -> list[tuple[Waiting, Stage, Wait]]:
    """Return what is due and not done yet: a constant number of queries."""
    on = office_day(now)
    policy, zone = current_policy(), office_timezone()
    if not policy.is_in_force(on):
        return []
    all_waiting = [*_tasks(now), *_slots(now)]
    if not all_waiting:
        return []
    since = min(waiting.since for waiting in all_waiting)
    days = WorkingDays.of(
        policy.calendar(on=on), holidays=holidays_from(since.astimezone(zone).date())
    )
    urgent = urgent_pages({waiting.page_id for waiting in all_waiting})
    done = _done(all_waiting)
    found = []
    for waiting in all_waiting:
        wait = policy.wait(waiting.action, on=on)
        if wait is None:
            continue
        for stage in stages_reached(
            wait,
            since=waiting.since.astimezone(zone),
            now=now.astimezone(zone),
            urgent=waiting.page_id in urgent,
            working_days=days,
        ):
            if (waiting.subject, waiting.subject_id, waiting.since, stage) not in done:
                found.append((waiting, stage, wait))
    return found


def _soonest(now: datetime) -> datetime:
    """Return since when something must have waited so that any stage can be due."""
    shortest = min(
        (
            min(wait.urgent_remind_after_hours, _HOURS_A_DAY * wait.remind_after_working_days)
            for wait in current_policy().document.wait
        ),
        default=1,
    )
    return now - timedelta(hours=shortest)


def _not_told_on(rows: QuerySet, subject: Subject, since: str) -> QuerySet:
    told_on = WaitStage.objects.filter(
        subject=subject,
        subject_id=OuterRef("pk"),
        since=OuterRef(since),
        stage=Stage.ESCALATE,
    )
    return rows.filter(~Exists(told_on))


def _tasks(now: datetime) -> Iterator[Waiting]:
    actions = dict(PolicyTask.objects.values_list("pk", "action"))
    states = TaskState.objects.filter(
        task__in=actions,
        status=TaskState.STATUS_IN_PROGRESS,
        workflow_state__status="in_progress",
        started_at__lte=_soonest(now),
    )
    rows = _not_told_on(states, Subject.TASK, "started_at").order_by("started_at", "pk")
    for key, task, at, page_id in rows.values_list(
        "pk", "task_id", "started_at", "workflow_state__object_id"
    ):
        yield Waiting(
            subject=Subject.TASK,
            subject_id=key,
            page_id=int(page_id),
            action=actions[task],
            since=at,
        )


def _slots(now: datetime) -> Iterator[Waiting]:
    actions = {Slot.State.PROPOSED: "confirm_slot", Slot.State.COUNTERED: "propose_slot"}
    slots = Slot.objects.filter(
        state__in=actions,
        channel__in=list(current_policy().channels),
        updated_at__lte=_soonest(now),
    )
    for slot in _not_told_on(slots, Subject.SLOT, "updated_at").order_by("updated_at", "pk"):
        yield Waiting(
            subject=Subject.SLOT,
            subject_id=slot.pk,
            page_id=slot.page_id,
            action=actions[Slot.State(slot.state)],
            since=slot.updated_at,
            channel=slot.channel,
            slot_at=slot.at,
        )


def _done(all_waiting: list[Waiting]) -> set[tuple[str, int, datetime, str]]:
    keys = {waiting.subject_id for waiting in all_waiting}
    rows = WaitStage.objects.filter(subject_id__in=keys)
    return set(rows.values_list("subject", "subject_id", "since", "stage"))


@transaction.atomic
def _reach(waiting: Waiting, stage: Stage, wait: Wait, now: datetime) -> bool:
    _row, is_new = WaitStage.objects.get_or_create(
        subject=waiting.subject,
        subject_id=waiting.subject_id,
        since=waiting.since,
        stage=stage,
        defaults={"at": now},
    )
    page = governed_page(waiting.page_id)
    if not is_new or page is None:
        return False
    if stage is Stage.REMIND:
        _tell(waiting, page, _who_is_waited_for(waiting, page), NoticeKind.REMINDER, "remind")
        return True
    people = holders(wait.escalate_to, page.owning_unit)
    _tell(waiting, page, people, NoticeKind.ESCALATION, "escalate")
    record(
        "escalate",
        user=None,
        page_id=page.pk,
        channel=waiting.channel,
        step=waiting.action,
        waits_since=waiting.since.isoformat(),
        told=sorted(str(user.pk) for user in people),
    )
    return True


def _who_is_waited_for(waiting: Waiting, page: Any) -> list[Any]:
    if waiting.subject is Subject.TASK:
        return who_may(page, waiting.action)
    return who_has_authority(page, waiting.action, channel=waiting.channel)


def _tell(waiting: Waiting, page: Any, people: list[Any], kind: NoticeKind, stage: str) -> None:
    put(
        f"{waiting.subject}:{waiting.subject_id}:{waiting.since.isoformat()}:{stage}",
        people,
        kind=kind,
        what=f"{stage}_{waiting.action}",
        about=About(
            page=page,
            channel=waiting.channel,
            slot_at=waiting.slot_at,
            subject=waiting.subject,
            subject_id=waiting.subject_id,
        ),
    )
