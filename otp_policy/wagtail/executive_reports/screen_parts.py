"""What the reports show on the plugin's screens: the due day in the calendar, the item's report."""

from collections.abc import Iterator
from typing import Any

from wagtail.admin.ui.components import Component

from otp_policy.wagtail.calendar_entries import next_month

from .access import standing_of
from .duty import duty_on
from .models import ReportPage
from .periods import name_of

__all__ = ["parts"]


class DueDayPart(Component):
    """The day on which the report is due, in the month in which it lies."""

    template_name = "otp_policy/executive_reports/_calendar_part.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        request, first = parent_context.get("request"), parent_context.get("first")
        if request is None or first is None or not standing_of(request.user).sees:
            return {"duty": None}
        duty = duty_on()
        if duty is None or not first <= duty.due_on < next_month(first):
            return {"duty": None}
        return {"duty": duty, "duty_name": name_of(duty.owed.year)}


class ItemPart(Component):
    """From the page of a report back to the report."""

    template_name = "otp_policy/executive_reports/_item_part.html"

    def __init__(self, row: ReportPage, user: Any) -> None:
        self.row, self.user = row, user

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        report = self.row.submission.report
        return {
            "report": report,
            "name": name_of(report.year, report.quarter),
            "digest": self.row.submission.sha256,
            "may_open": standing_of(self.user).sees,
        }


def parts(place: str, **about: Any) -> Iterator[Component]:
    """Yield what the reports show at *place*, a place of `otp_policy.wagtail.screen_parts`."""
    if place == "calendar":
        yield DueDayPart()
    elif place == "item":
        rows = ReportPage.objects.select_related("submission__report")
        row = rows.filter(page_id=about["page"].pk).first()
        if row is not None:
            yield ItemPart(row, about["user"])
