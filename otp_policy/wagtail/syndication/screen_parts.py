"""What the channels show on the plugin's screens of an item: previews, and the allowance."""

from collections.abc import Iterator
from typing import Any

from wagtail.admin.ui.components import Component

from .channel_states import spoken_on
from .planned_cost import planned_costs
from .previews import previews_of, previews_of_withdrawal
from .quota import allowances


class PreviewsPart(Component):
    """The item as the readers of each channel will see it."""

    template_name = "otp_policy/channels/_previews.html"

    def __init__(self, page: Any, *, ask: bool) -> None:
        self.page, self.ask = page, ask

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"page": self.page, "previews": previews_of(self.page, ask=self.ask)}


class SidePart(PreviewsPart):
    """The same in the editor, folded, with what is wrong on top."""

    template_name = "otp_policy/channels/_side.html"


class WithdrawalPart(Component):
    """What becomes of what is out on each channel, once the item is withdrawn."""

    template_name = "otp_policy/channels/_previews.html"

    def __init__(self, page: Any, withdrawal: Any) -> None:
        self.page, self.withdrawal = page, withdrawal

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        previews = previews_of_withdrawal(self.page, self.withdrawal)
        return {"page": self.page, "previews": previews}


class AllowancePart(Component):
    """What one message costs on a channel, beside its time."""

    template_name = "otp_policy/channels/_slot_quota.html"

    def __init__(self, channel: str) -> None:
        self.channel = channel

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"allowance": allowances([self.channel]).get(self.channel)}


class PlannedPart(Component):
    """What all that is planned costs, on the calendar."""

    template_name = "otp_policy/channels/_calendar_quota.html"

    def __init__(self, channel: str) -> None:
        self.channels = [channel] if channel else spoken_on()

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"costs": planned_costs(self.channels)}


def parts(place: str, **about: Any) -> Iterator[Component]:
    """Yield what the channels show at *place*, a place of `otp_policy.wagtail.screen_parts`."""
    if place == "side_panel":
        yield SidePart(about["page"], ask=False)
    elif place == "decision":
        # Whoever decides sees what the service itself says of the text.
        yield PreviewsPart(about["page"], ask=about["action"] == "approve")
    elif place == "withdrawal":
        yield WithdrawalPart(about["page"], about["withdrawal"])
    elif place == "calendar":
        yield PlannedPart(about["channel"])
    elif place == "slot" and about["channel"] in spoken_on():
        yield AllowancePart(about["channel"])
