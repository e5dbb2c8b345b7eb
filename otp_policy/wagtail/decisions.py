"""Step 3: endorse, approve, ask for changes (annex 1 step 3). Workflow tasks call these."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Task, TaskState

from .adapters import Held, ask, has_authority, held_authority, latest_text
from .conf import current_policy
from .digest import CURRENT_RECIPE
from .models.evidence import Approval
from .recording import record
from .refusals import PolicyRefusal

VERBS = {Approval.Kind.ENDORSE: _("Endorse"), Approval.Kind.APPROVE: _("Approve")}


def may_decide(task: Any, page: Any, user: Any) -> bool:
    """Tell whether the policy names *user* for this step of *page*, own work aside."""
    return has_authority(ask(page.specific, task.action, user))


def actions_for(task: Any, page: Any, user: Any) -> list[tuple[str, str, bool]]:
    """Return Wagtail's (name, label, opens a form) for what *user* may do; all of them ask."""
    decision = ask(page.specific, task.action, user)
    actions = []
    if decision.allowed:
        actions.append(("approve", VERBS[Approval.Kind(task.action)], True))
    if has_authority(decision):
        actions.append(("reject", _("Request changes"), True))
    return actions


def states_to_decide(task: Any, user: Any):
    """Return the task states that wait for *user*, as a queryset."""
    waiting = task.task_states.filter(status=TaskState.STATUS_IN_PROGRESS)
    if not user.is_superuser and not task._user_in_groups(user):
        return waiting.none()
    keys = [
        state.pk
        for state in waiting.select_related("workflow_state")
        if (page := state.workflow_state.content_object) is not None
        and may_decide(task, page, user)
    ]
    return TaskState.objects.filter(pk__in=keys)


def step_to_start(task: Any, workflow_state: Any) -> Any:
    """
    Return the step to begin with: *task*, or an earlier one that this text has not passed.

    An item that comes back changed would otherwise resume at its last step, and wait for ever
    for an endorsement that nobody is asked for.
    """
    page = workflow_state.content_object
    _revision, digest = latest_text(page)
    for step in Task.objects.filter(
        active=True, workflow_tasks__workflow=workflow_state.workflow
    ).order_by("workflow_tasks__sort_order"):
        step = step.specific
        if step.pk == task.pk:
            break
        done = Approval.objects.filter(
            page_id=page.pk, kind=getattr(step, "action", ""), digest=digest
        )
        if hasattr(step, "action") and not done.exists():
            return step
    return task


@transaction.atomic
def decide_on(
    task: Any, task_state: Any, user: Any, action_name: str, *, digest: str = "", comment: str = ""
) -> None:
    """
    Carry out *action_name* (`approve` or `reject`) on the text that *digest* names.

    The only check that can be trusted: everything is looked up again from the task state, for
    the request may have come through another page's URL or carry anything at all.

    Raises:
        PolicyRefusal: With every reason, if the policy does not allow it, if the step is not
            the item's current one, or if the text is not the one that the person was shown.
    """
    state = task_state.workflow_state
    page = state.content_object.specific
    if action_name not in ("approve", "reject"):
        raise PolicyRefusal(page.title, also=[gettext("There is no such action.")])
    if state.current_task_state_id != task_state.pk or not _is_open(task_state):
        raise PolicyRefusal(
            page.title, also=[gettext("This step is over. Open the item again to see where it is.")]
        )
    revision, current = latest_text(page)
    decision = ask(page, task.action, user, digest=current)
    if action_name == "reject":
        _reject(task, task_state, user, page, decision, digest=current, comment=comment)
        return
    shown = [] if digest == current else [_text_has_changed()]
    if not decision.allowed or shown:
        raise PolicyRefusal.of(decision, page.title, *shown)
    _approve(task, user, page, revision, digest=current, comment=comment)
    task_state.approve(user=user, comment=comment)


def _is_open(task_state: Any) -> bool:
    return task_state.status == TaskState.STATUS_IN_PROGRESS


def _text_has_changed() -> str:
    return gettext(
        "The text is not the one you were shown. Open the item again, read it, and then decide."
    )


def _approve(task, user, page, revision, *, digest: str, comment: str) -> None:
    held = held_authority(page, task.action, user)
    Approval(
        kind=task.action,
        page_id=page.pk,
        revision_id=revision.pk,
        digest=digest,
        recipe=CURRENT_RECIPE,
        by=user,
        role=held.role,
        unit=held.unit,
        order=held.order,
        policy=current_policy().label,
        comment=comment,
        at=timezone.now(),
    ).save()
    _record(task.action, user, page, held, digest=digest, comment=comment, revision=revision.pk)


def _reject(task, task_state, user, page, decision, *, digest: str, comment: str) -> None:
    if not has_authority(decision):
        raise PolicyRefusal.of(decision, page.title)
    held = held_authority(page, task.action, user)
    _record("reject", user, page, held, digest=digest, comment=comment, step=task.action)
    task_state.reject(user=user, comment=comment)


def _record(action: str, user: Any, page: Any, held: Held, **more: Any) -> None:
    record(
        action,
        user=user,
        page_id=page.pk,
        role=held.role,
        unit=held.unit,
        order=held.order,
        title=page.title,
        **more,
    )
