"""The dashboard's word on the report: what is owed soon, late, or waits for the reader."""

from typing import Any

from wagtail.admin.ui.components import Component

from .access import standing_of
from .duty import DutyState, duty_on, waiting_reports
from .periods import name_of

__all__ = ["ReportsPanel"]


class ReportsPanel(Component):
    """Says nothing to whoever has no part in the report, and nothing while nothing is asked."""

    name = "otp_executive_reports"
    template_name = "otp_policy/executive_reports/home_panel.html"
    order = 45

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        standing = standing_of(parent_context["request"].user)
        if not standing.sees:
            return {"duty": None, "waiting": []}
        duty = duty_on()
        is_asked = duty is not None and duty.state is not DutyState.NOT_DUE
        waiting = waiting_reports() if standing.acknowledges or standing.prepares else []
        return {
            "duty": duty if is_asked else None,
            "duty_name": name_of(duty.owed.year) if duty else "",
            "waiting": [(name_of(one.year, one.quarter), one) for one in waiting],
        }
