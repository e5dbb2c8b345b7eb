"""
Wagtail's own workflow e-mails, for pages that are not governed.

Of a governed item they would tell all members of a group, in every unit, contributors and
superusers too; the plugin's notices take their place.
"""

from typing import Any

from wagtail.admin import mail
from wagtail.models import TaskState, WorkflowState
from wagtail.signals import (
    task_submitted,
    workflow_approved,
    workflow_rejected,
    workflow_submitted,
)

from .models import is_governed


class UngovernedOnly:
    """Keeps one of Wagtail's notifiers from speaking of a governed page."""

    def can_handle(self, instance: Any, **kwargs: Any) -> bool:
        state = instance.workflow_state if isinstance(instance, TaskState) else instance
        return super().can_handle(instance, **kwargs) and not is_governed(state.content_object)  # type: ignore[misc]


class TaskSubmitted(UngovernedOnly, mail.GroupApprovalTaskStateSubmissionEmailNotifier):
    """Tells the groups of a task."""


class WorkflowSubmitted(UngovernedOnly, mail.WorkflowStateSubmissionEmailNotifier):
    """Tells the superusers."""


class WorkflowApproved(UngovernedOnly, mail.WorkflowStateApprovalEmailNotifier):
    """Tells whoever submitted."""


class WorkflowRejected(UngovernedOnly, mail.WorkflowStateRejectionEmailNotifier):
    """Tells whoever submitted."""


# The identifiers under which Wagtail connects its own: a signal takes each of them once, so ours
# stay in their place whether Wagtail's admin is ready before us or after us.
_RECEIVERS = (
    (task_submitted, TaskState, TaskSubmitted(), "group_approval_task_submitted"),
    (workflow_submitted, WorkflowState, WorkflowSubmitted(), "workflow_state_submitted"),
    (workflow_approved, WorkflowState, WorkflowApproved(), "workflow_state_approved"),
    (workflow_rejected, WorkflowState, WorkflowRejected(), "workflow_state_rejected"),
)


def replace_mails() -> None:
    """Put the notifiers for ungoverned pages in the place of Wagtail's."""
    for signal, sender, notifier, name in _RECEIVERS:
        uid = f"{name}_email_notification"
        signal.disconnect(sender=sender, dispatch_uid=uid)
        signal.connect(notifier, sender=sender, dispatch_uid=uid)
