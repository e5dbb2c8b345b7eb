"""
The dashboard: what waits under the measures in one panel of ours, and Wagtail's panels beside it.

Wagtail's panels ask about every item one by one, and would list the governed ones a second time;
they keep whatever is not under the measures.
"""

from typing import Any

from wagtail.admin.ui.components import Component
from wagtail.admin.views.home import (
    UserObjectsInWorkflowModerationPanel,
    WorkflowObjectsToModeratePanel,
)

from .decisions import listed_elsewhere
from .models import is_governed
from .waiting import waiting_for

__all__ = ["arrange_panels"]

MOST_ON_DASHBOARD = 5


class WaitingPanel(Component):
    """What waits for the reader, and for others."""

    name = "otp_waiting"
    template_name = "otp_policy/waiting_panel.html"
    order = 50

    def get_context_data(self, parent_context):
        request = parent_context["request"]
        waiting = waiting_for(request.user)
        return {"waiting": waiting, "request": request, "most": MOST_ON_DASHBOARD}


class ToModerateOutside(WorkflowObjectsToModeratePanel):
    """What Wagtail's own tasks ask of the reader."""

    def get_context_data(self, parent_context):
        token = listed_elsewhere.set(True)
        try:
            return super().get_context_data(parent_context)
        finally:
            listed_elsewhere.reset(token)


class InWorkflowOutside(UserObjectsInWorkflowModerationPanel):
    """The reader's pages and snippets in a workflow, but for those under the measures."""

    def get_context_data(self, parent_context):
        context = super().get_context_data(parent_context)
        states = context["workflow_states"]
        context["workflow_states"] = [s for s in states if not is_governed(s.content_object)]
        return context


_INSTEAD = {
    WorkflowObjectsToModeratePanel.name: ToModerateOutside,
    UserObjectsInWorkflowModerationPanel.name: InWorkflowOutside,
}


def arrange_panels(panels: list[Any]) -> None:
    """Add our panel, and let Wagtail's keep what it does not list."""
    panels[:] = [_INSTEAD.get(panel.name, lambda panel=panel: panel)() for panel in panels]
    panels.append(WaitingPanel())
