"""Every step that waits for somebody: a decision, a time, or a withdrawal, and since when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef, QuerySet
from wagtail.models import Page, TaskState

from otp_policy.waits import Stage

from .approved_requests import step_waited_for
from .askers import all_askers
from .conf import current_policy
from .drafts import category_of
from .models import LedgerEntry, PolicyTask, Slot, WaitStage
from .models.lifecycle import Withdrawal
from .models.notices import Subject

__all__ = ["WaitingStep", "waiting_steps"]
_HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingStep:
    """
    One step of one item that waits for somebody: a task state, a slot or a withdrawal.

    The policy says of `action` how long it may wait; `asked` is what somebody is asked to do.
    """

    subject: Subject
    subject_id: int
    page_id: int
    action: str
    asked: str
    since: datetime
    channel: str = ""
    slot_at: datetime | None = None
    is_urgent: bool = False


def waiting_steps(now: datetime) -> list[WaitingStep]:
    """Return what may have reached a stage of its waiting at *now*, in a few queries."""
    elsewhere = (step for asker in all_askers() for step in asker.waiting(now))
    return [*_tasks(now), *_slots(now), *_withdrawals(now), *elsewhere]


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


def _tasks(now: datetime) -> Iterator[WaitingStep]:
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
        yield WaitingStep(
            subject=Subject.TASK,
            subject_id=key,
            page_id=int(page_id),
            action=actions[task],
            asked=actions[task],
            since=at,
        )


def _slots(now: datetime) -> Iterator[WaitingStep]:
    actions = {Slot.State.PROPOSED: "confirm_slot", Slot.State.COUNTERED: "propose_slot"}
    slots = Slot.objects.filter(
        state__in=actions,
        channel__in=list(current_policy().channels),
        updated_at__lte=_soonest(now),
    )
    for slot in _not_told_on(slots, Subject.SLOT, "updated_at").order_by("updated_at", "pk"):
        yield WaitingStep(
            subject=Subject.SLOT,
            subject_id=slot.pk,
            page_id=slot.page_id,
            action=actions[Slot.State(slot.state)],
            asked=actions[Slot.State(slot.state)],
            since=slot.updated_at,
            channel=slot.channel,
            slot_at=slot.at,
        )


def _withdrawals(now: datetime) -> Iterator[WaitingStep]:
    """A withdrawal waits as a text does (annex 1 step 5 with step 3); a takedown is urgent."""
    rows = Withdrawal.objects.filter(
        state=Withdrawal.State.WAITING, asked_at__lte=_soonest(now)
    ).prefetch_related("decisions")
    waiting = {row.page_id: row for row in rows.order_by("asked_at", "pk")}
    explained_at = _explained_at(list(waiting))
    types = Page.objects.filter(pk__in=waiting.keys()).values_list("pk", "content_type_id")
    for page_id, content_type_id in types:
        row, category = waiting[page_id], category_of(content_type_id)
        if category is None:
            continue
        step = step_waited_for(row, category)
        begun = (row.asked_at, explained_at.get(page_id), *(one.at for one in row.decisions.all()))
        yield WaitingStep(
            subject=Subject.WITHDRAWAL,
            subject_id=row.pk,
            page_id=page_id,
            action=step,
            # Without the reason that the public reads, nobody can decide.
            asked=f"{step if row.reason else 'explain'}_withdrawal",
            since=max(at for at in begun if at is not None),
            is_urgent=row.is_emergency,
        )


def _explained_at(page_ids: list[int]) -> dict[int, datetime]:
    """Return when the takedown of each of the pages got its reason, if it had none at first."""
    rows = LedgerEntry.objects.filter(page_id__in=page_ids, action="give_reason")
    return dict(rows.values("page_id").annotate(last=Max("at")).values_list("page_id", "last"))
