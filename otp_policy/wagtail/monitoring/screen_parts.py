"""What the monitoring shows on the plugin's screens."""

from collections.abc import Iterator
from typing import Any

from wagtail.admin.ui.components import Component

from .access import may_coordinate
from .attestations import open_attestation, waiting_attestations
from .error_reports import open_reports
from .link_checks import may_ask_for_check
from .models import UpdateRequest


class ItemPart(Component):
    """How fresh an item is, and the ways to attest it."""

    template_name = "otp_policy/monitoring/_item_part.html"

    def __init__(self, page: Any, user: Any) -> None:
        self.page, self.user = page, user

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {
            "page": self.page,
            "csrf_token": parent_context.get("csrf_token", ""),
            "is_live": self.page.live,
            "may_ask_for_update": may_coordinate(self.user),
            "may_check_links": self.page.live and may_ask_for_check(self.user, self.page),
            "requests": UpdateRequest.objects.filter(
                page_id=self.page.pk, state=UpdateRequest.State.OPEN
            ),
            "attestation": open_attestation(self.page.pk) if self.page.live else None,
        }


class WaitingPart(Component):
    """Attestations that wait for the reader."""

    template_name = "otp_policy/monitoring/_waiting_part.html"

    def __init__(self, rows: list[Any]) -> None:
        self.rows = rows

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"rows": self.rows}


class ReportsPart(WaitingPart):
    """Readers' reports of errors that wait for the reader's division."""

    template_name = "otp_policy/monitoring/_waiting_reports.html"


def parts(place: str, **about: Any) -> Iterator[Component]:
    """Yield what the monitoring shows at *place*, a place of `otp_policy.wagtail.screen_parts`."""
    if place == "item":
        yield ItemPart(about["page"], about["user"])
    elif place == "waiting":
        if rows := waiting_attestations(about["user"]):
            yield WaitingPart(rows)
        if reports := open_reports(about["user"]):
            yield ReportsPart(reports)
