"""What the evidence shows on the plugin's screens: the way to that of an item."""

from collections.abc import Iterator
from typing import Any

from wagtail.admin.ui.components import Component

from .access import may_pack

__all__ = ["parts"]


class ItemPart(Component):
    """The way to an item's evidence, for those who may have it."""

    template_name = "otp_policy/evidence_packs/_item_part.html"

    def __init__(self, page: Any) -> None:
        self.page = page

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"page": self.page}


def parts(place: str, **about: Any) -> Iterator[Component]:
    """Yield what the evidence shows at *place*, a place of `otp_policy.wagtail.screen_parts`."""
    if place == "item" and may_pack(about["user"], about["page"]):
        yield ItemPart(about["page"])
