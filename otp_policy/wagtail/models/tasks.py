"""The workflow task that carries out one step of the policy."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask

from ..decisions import actions_for, decide_on, may_decide, states_to_decide, step_to_start
from ..forms import DecisionForm
from ..locks import ApprovalLock
from .evidence import Approval


class PolicyTask(AbstractGroupApprovalTask):
    """
    A step of the policy, `endorse` or `approve`, as a task of a workflow.

    The groups only say who is told and who may open the editor. Who may decide is asked of the
    policy, for everyone, superusers included, and again in `on_action`: Wagtail reaches that
    method on ways that never ask `get_actions`.
    """

    action = models.CharField(
        _("step"), max_length=16, choices=[(kind.value, kind.label) for kind in Approval.STEPS]
    )

    admin_form_fields = [*AbstractGroupApprovalTask.admin_form_fields, "action"]
    admin_form_readonly_on_edit_fields = [
        *AbstractGroupApprovalTask.admin_form_readonly_on_edit_fields,
        "action",
    ]

    class Meta:
        verbose_name = _("step of the publication measures")
        verbose_name_plural = _("steps of the publication measures")

    lock_class = ApprovalLock

    @classmethod
    def get_description(cls) -> str:
        return str(_("Decided by whoever the publication policy names for the item"))

    def locked_for_user(self, obj, user) -> bool:
        return True

    def user_can_access_editor(self, obj, user) -> bool:
        return user.is_superuser or may_decide(self, obj, user)

    def user_can_lock(self, obj, user) -> bool:
        return False

    def start(self, workflow_state, user=None):
        step = step_to_start(self, workflow_state)
        if step.pk != self.pk:
            return step.start(workflow_state, user=user)
        return super().start(workflow_state, user=user)

    def get_actions(self, obj, user):
        return actions_for(self, obj, user)

    def get_form_for_action(self, action):
        return DecisionForm

    def get_template_for_action(self, action) -> str:
        return "otp_policy/decision_modal.html"

    def get_task_states_user_can_moderate(self, user, **kwargs):
        return states_to_decide(self, user)

    def on_action(self, task_state, user, action_name, digest="", comment="", notices=(), **kwargs):
        # Wagtail hands over whatever JSON the request carries; nothing else in it counts.
        chosen = tuple(map(str, notices)) if isinstance(notices, list | tuple) else ()
        given = {"digest": str(digest), "comment": str(comment), "notices": chosen}
        return decide_on(self, task_state, user, action_name, **given)
