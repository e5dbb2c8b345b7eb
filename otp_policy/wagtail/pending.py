"""Every item that waits for something, with its draft, its step and its times, in a few queries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Max, Q, QuerySet
from wagtail.models import Page, TaskState, WorkflowState

from .conf import current_policy
from .drafts import DraftFacts, drafts_of
from .models import Approval, Contribution, Slot
from .next_moves import decision_words

__all__ = ["Pending", "last_approvals", "last_contributions", "pending_items"]


@dataclass(frozen=True, slots=True)
class Pending:
    """
    One item that waits.

    `action` is the step of the policy that `task_state` stands for; empty for a task that
    somebody added by hand.
    """

    draft: DraftFacts
    task_state: TaskState | None
    action: str
    changes_asked: bool
    slots: tuple[Slot, ...]

    @property
    def decision_wanted(self) -> str:
        """Return the decision and the roles that take it, or the name of a task of one's own."""
        if self.action:
            return decision_words(self.action, self.draft.category)
        return str(self.task_state.task.name) if self.task_state else ""


def pending_items(user: Any) -> list[Pending]:
    """Return what waits anywhere in the office, and every draft that *user* owns."""
    states = {int(state.object_id): state for state in _flows()}
    # A channel that the policy knows no longer has nobody to answer for it.
    slots = Slot.objects.filter(state__in=Slot.OPEN, channel__in=list(current_policy().channels))
    wanted = (
        Q(pk__in=states.keys())
        | Q(pk__in=slots.values("page_id"))
        | Q(owner=user, has_unpublished_changes=True)
    )
    drafts = drafts_of(Page.objects.filter(wanted))
    times: dict[int, list[Slot]] = {}
    for slot in slots.order_by("at", "pk"):
        times.setdefault(slot.page_id, []).append(slot)
    return [
        _pending(draft, states.get(key), tuple(times.get(key, ()))) for key, draft in drafts.items()
    ]


def _flows() -> QuerySet:
    status = (WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES)
    return WorkflowState.objects.filter(
        status__in=status, base_content_type=ContentType.objects.get_for_model(Page)
    ).select_related("current_task_state__task__policytask")


def _pending(draft: DraftFacts, state: Any, slots: tuple[Slot, ...]) -> Pending:
    task_state, changes_asked = None, False
    if state is not None:
        changes_asked = state.status == WorkflowState.STATUS_NEEDS_CHANGES
        task_state = None if changes_asked else state.current_task_state
    action = ""
    if task_state is not None:
        policy_task = getattr(task_state.task, "policytask", None)
        action = policy_task.action if policy_task else ""
    return Pending(draft, task_state, action, changes_asked, slots)


def last_approvals(page_ids: list[int]) -> dict[int, Approval]:
    """Return the latest approval of each of the pages that has one."""
    latest = Approval.objects.filter(kind=Approval.Kind.APPROVE, page_id__in=page_ids)
    keys = latest.values("page_id").annotate(last=Max("pk")).values("last")
    return {row.page_id: row for row in Approval.objects.filter(pk__in=keys)}


def last_contributions(user: Any) -> dict[int, datetime]:
    """Return when *user* last worked on each item."""
    mine = Contribution.objects.filter(user=user).values("page_id").annotate(last=Max("at"))
    return dict(mine.values_list("page_id", "last"))
