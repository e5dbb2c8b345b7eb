"""Step 3: endorse, approve, ask for changes (annex 1 step 3). Workflow tasks call these."""

from collections.abc import Collection
from contextvars import ContextVar
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Task, TaskState, WorkflowState

from .adapters import Held, as_drafted, ask, has_authority, held_authority, item_for, latest_text
from .authority import Authority
from .conf import current_policy
from .digest import CURRENT_RECIPE
from .drafts import drafts_of
from .held import as_row
from .messages import under_step
from .models.evidence import Approval
from .objections import Opinions, objections, opinions_on
from .recording import record
from .refusals import PolicyRefusal
from .signals import approval_given
from .statements import says_something

VERBS = {Approval.Kind.ENDORSE: _("Endorse"), Approval.Kind.APPROVE: _("Approve")}

STEP_IS_OVER = _("This step is over. Open the item again to see where it is.")
TEXT_HAS_CHANGED = _(
    "The text is not the one you were shown. Open the item again, read it, and then decide."
)

REASON_MISSING = _("Write in the comment what has to be changed, and ask again.")


# While Wagtail's own dashboard panel is made: the plugin's panel lists the items of the measures.
listed_elsewhere: ContextVar[bool] = ContextVar("otp_policy_listed_elsewhere", default=False)


def may_decide(task: Any, page: Any, user: Any) -> bool:
    """Tell whether the policy names *user* for this step of *page*, own work aside."""
    return has_authority(ask(as_drafted(page.specific), task.action, user))


def actions_for(task: Any, page: Any, user: Any) -> list[tuple[str, str, bool]]:
    """Return Wagtail's (name, label, opens a form) for what *user* may do; all of them ask."""
    decision = ask(as_drafted(page.specific), task.action, user)
    actions = []
    if decision.allowed:
        actions.append(("approve", VERBS[Approval.Kind(task.action)], True))
    if has_authority(decision):
        actions.append(("reject", _("Request changes"), True))
    return actions


def states_to_decide(task: Any, user: Any):
    """Return the task states that wait for *user*, as a queryset."""
    waiting = task.task_states.filter(status=TaskState.STATUS_IN_PROGRESS)
    if listed_elsewhere.get() or not (user.is_superuser or task._user_in_groups(user)):
        return waiting.none()
    page_type = ContentType.objects.get_for_model(Page)
    keys_of = waiting.filter(workflow_state__base_content_type=page_type)
    states = {pk: int(key) for pk, key in keys_of.values_list("pk", "workflow_state__object_id")}
    drafts = drafts_of(Page.objects.filter(pk__in=set(states.values())))
    authority = Authority.of(user)
    keys = [
        pk
        for pk, page_id in states.items()
        if (draft := drafts.get(page_id))
        and authority.holds(task.action, category=draft.category, unit=draft.unit)
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
    passed = _passed(page.specific, digest)
    for step in Task.objects.filter(
        active=True, workflow_tasks__workflow=workflow_state.workflow
    ).order_by("workflow_tasks__sort_order"):
        step = step.specific
        if step.pk == task.pk:
            break
        if getattr(step, "action", None) in set(Approval.STEPS) - passed:
            return step
    return task


def _passed(page: Any, digest: str) -> set[str]:
    """Return the steps this text has passed; an assent used up, or a contributor's, is none."""
    item = item_for(page, channel="", digest=digest)
    assents = {Approval.Kind.ENDORSE: item.endorsements, Approval.Kind.APPROVE: item.approvals}
    return {
        kind
        for kind, given in assents.items()
        if any(one.digest == digest and one.by not in item.contributors for one in given)
    }


def decide_on(
    task: Any,
    task_state: Any,
    user: Any,
    action_name: str,
    *,
    digest: str = "",
    comment: str = "",
    notices: Collection[str] = (),
) -> None:
    """
    Carry out *action_name* (`approve` or `reject`) on the text that *digest* names.

    The only check that can be trusted: everything is looked up again from the task state, for
    the request may have come through another page's URL or carry anything at all.

    Args:
        notices: Channels that can take nothing back, on which the approver wants a notice.

    Raises:
        PolicyRefusal: With every reason, if the policy does not allow it, if the step is not
            the item's current one, or if the text is not the one that the person was shown.
    """
    page = task_state.workflow_state.content_object
    opinions = opinions_on(page, task.action) if action_name == "approve" else {}
    given = {"digest": digest, "comment": comment, "notices": notices, "opinions": opinions}
    _decide(task, task_state, user, action_name, **given)


@transaction.atomic
def _decide(
    task: Any,
    task_state: Any,
    user: Any,
    action_name: str,
    *,
    digest: str,
    comment: str,
    notices: Collection[str],
    opinions: Opinions,
) -> None:
    state, task_state = current_states(task_state)
    page = state.content_object.specific
    if action_name not in ("approve", "reject"):
        raise PolicyRefusal(page.title, also=[_("There is no such action.")])
    if state.current_task_state_id != task_state.pk or not is_open(task_state):
        raise PolicyRefusal(page.title, also=[under_step(STEP_IS_OVER, task.action)])
    revision, current = latest_text(page)
    page = revision.as_object()
    decision = ask(page, task.action, user, digest=current)
    if action_name == "reject":
        if has_authority(decision) and not says_something(comment):
            raise PolicyRefusal(page.title, also=[under_step(REASON_MISSING, task.action)])
        _reject(task, task_state, user, page, decision, digest=current, comment=comment)
        return
    against = objections(page, task.action, opinions=opinions)
    if digest != current:
        against.append(str(under_step(TEXT_HAS_CHANGED, task.action)))
    if not decision.allowed or against:
        raise PolicyRefusal.of(decision, page.title, *against)
    approval = _approve(task, user, page, revision, digest=current, comment=comment)
    if approval.kind == Approval.Kind.APPROVE:
        approval_given.send(
            sender=Approval, page=page, approval=approval, user=user, notices=notices
        )
    task_state.approve(user=user, comment=comment)


def current_states(task_state: Any) -> tuple[WorkflowState, Any]:
    """Return both states as they stand, locked: of two who decide at once, one comes second."""
    states = WorkflowState.objects.select_for_update(of=("self",))
    state = states.get(pk=task_state.workflow_state_id)
    task_state = type(task_state).objects.get(pk=task_state.pk)
    task_state.workflow_state = state
    return state, task_state


def is_open(task_state: Any) -> bool:
    """Tell whether the step still waits for its decision."""
    return task_state.status == TaskState.STATUS_IN_PROGRESS


def _approve(task, user, page, revision, *, digest: str, comment: str) -> Approval:
    held = held_authority(page, task.action, user)
    return keep_assent(task.action, user, page, revision, held, digest=digest, comment=comment)


def keep_assent(
    action: str,
    user: Any,
    page: Any,
    revision: Any,
    held: Held,
    *,
    digest: str,
    comment: str,
    **more: Any,
) -> Approval:
    """Keep the endorsement or approval that *user* gave, with its row in the ledger."""
    approval = Approval(
        kind=action,
        page_id=page.pk,
        revision_id=revision.pk,
        digest=digest,
        recipe=CURRENT_RECIPE,
        by=user,
        role=held.role,
        unit=held.unit,
        order=held.order,
        capacity=held.capacity,
        policy=current_policy().label,
        comment=comment,
        at=timezone.now(),
    )
    approval.save()
    record_decision(
        action, user, page, held, digest=digest, comment=comment, revision=revision.pk, **more
    )
    return approval


def _reject(task, task_state, user, page, decision, *, digest: str, comment: str) -> None:
    if not has_authority(decision):
        raise PolicyRefusal.of(decision, page.title)
    held = held_authority(page, task.action, user)
    record_decision("reject", user, page, held, digest=digest, comment=comment, step=task.action)
    task_state.reject(user=user, comment=comment)


def record_decision(action: str, user: Any, page: Any, held: Held, **more: Any) -> None:
    """Append a decision to the ledger, with the authority that carried it."""
    record(
        action,
        user=user,
        page_id=page.pk,
        title=page.title,
        **as_row(held),
        **more,
    )
