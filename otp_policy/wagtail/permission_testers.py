"""Hides what would be refused: the layer that a person sees, in front of the gate that holds."""

from functools import cached_property

from wagtail.models import PagePermissionTester

from .adapters import ask, has_authority
from .conf import current_policy

# Who may look at an item in the editor: everyone with a part in its steps.
_PARTS = ("endorse", "approve", "confirm_slot", "publish", "withdraw")


class DisclosurePagePermissionTester(PagePermissionTester):
    """Answers Wagtail's questions about a governed page from the policy; superusers included."""

    def _may(self, action: str, channel: str = "") -> bool:
        return has_authority(ask(self.page, action, self.user, channel=channel))

    @cached_property
    def _prepares(self) -> bool:
        return self._may("prepare") or (bool(self.page.live) and self._may("correct"))

    @cached_property
    def _takes_part(self) -> bool:
        channels = current_policy().channels
        return any(
            self._may(action, channel)
            for action in _PARTS
            for channel in (channels if action == "confirm_slot" else ("",))
        )

    def may_prepare(self) -> bool:
        """Tell whether this person may change the item's text."""
        return self.user.is_active and (self.user.is_superuser or self._prepares)

    def can_edit(self) -> bool:
        if not self.user.is_active or self.page_is_root:
            return False
        return self.user.is_superuser or self._prepares or self._takes_part

    def can_publish(self) -> bool:
        # Nobody, a superuser included: the dispatcher publishes what is approved, at its time.
        return False

    def can_publish_subpage(self) -> bool:
        return False

    def can_unpublish(self) -> bool:
        # The unit that owns the website may take an item down at once.
        if not self.user.is_active or not self.page.live:
            return False
        return self.user.is_superuser or self._may("publish")

    def can_set_view_restrictions(self) -> bool:
        return False

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        if self.page.live or self.page.get_descendants().filter(live=True).exists():
            return False
        return super().can_delete(ignore_bulk)

    def can_move(self) -> bool:
        if self.page.live or self.page.get_descendants().filter(live=True).exists():
            return False
        return super().can_move()
