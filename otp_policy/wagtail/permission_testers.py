"""Hides what would be refused: the layer that a person sees, in front of the gate that holds."""

from functools import cached_property

from wagtail.models import PagePermissionTester

from .adapters import as_drafted, ask, has_authority
from .conf import current_policy
from .models.lifecycle import Withdrawal

# Who may look at an item in the editor: everyone with a part in its steps.
_PARTS = ("endorse", "approve", "confirm_slot", "publish", "withdraw")


class DisclosurePagePermissionTester(PagePermissionTester):
    """Answers Wagtail's questions about a governed page from the policy; superusers included."""

    def _may(self, action: str, channel: str = "") -> bool:
        return has_authority(ask(self.page, action, self.user, channel=channel))

    def _decides_on_draft(self) -> bool:
        # A draft may name another unit than the live text: that unit's director decides on it.
        draft = as_drafted(self.page)
        return draft.owning_unit_id != self.page.owning_unit_id and any(
            has_authority(ask(draft, action, self.user)) for action in ("endorse", "approve")
        )

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
        ) or (bool(self.page.pk) and self._decides_on_draft())

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
        return self._leaves_nothing_silent() and super().can_delete(ignore_bulk)

    def can_move(self) -> bool:
        return self._leaves_nothing_silent() and super().can_move()

    def _leaves_nothing_silent(self) -> bool:
        """Tell whether no address that tells the public something would go with the page."""
        if self.page.live or self.page.get_descendants().filter(live=True).exists():
            return False
        withdrawn = Withdrawal.objects.filter(page_id=self.page.pk or 0, down_at__isnull=False)
        return not withdrawn.exists()
