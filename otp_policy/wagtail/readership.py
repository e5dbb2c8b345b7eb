"""
Whose titles a person of the office reads: of items in which that person has a part.

What is not public yet is the business of those who work on it, decide on it, or give it a time.
"""

from typing import Any

from django.db.models import Q, QuerySet

from .authority import Authority
from .conf import current_policy
from .models import Contribution, Unit, governed_models

__all__ = ["Readership"]

_PARTS = ("prepare", "endorse", "approve", "publish", "withdraw")


class Readership:
    """What one person may see of items: asked of the policy once per category and unit."""

    def __init__(self, user: Any) -> None:
        self.sees_all = bool(user.is_superuser and user.is_active)
        # An order may be for one category alone, and opens the titles of that.
        self.authority = Authority.of(user)
        self._known: dict[tuple[str, str], bool] = {}

    def has_part(self, category: str, unit: str) -> bool:
        """Tell whether the person has a part in the items of *category* of *unit*."""
        if self.sees_all:
            return True
        key = (category, unit)
        if key not in self._known:
            self._known[key] = any(
                self.authority.holds(action, category=category, unit=unit, channel=channel)
                for action, channel in self._parts()
            )
        return self._known[key]

    def _parts(self) -> list[tuple[str, str]]:
        first = current_policy().first_channel
        asked = [(action, first) for action in _PARTS]
        return asked + [("confirm_slot", channel) for channel in current_policy().channels]

    def listed(self, pages: QuerySet) -> QuerySet:
        """
        Leave out of *pages* the drafts of others, and what was taken down.

        Whoever has a part in an item, or has worked on it, finds it.
        """
        if self.sees_all:
            return pages
        units = list(Unit.objects.all())
        for model in governed_models():
            parts = [
                unit.pk for unit in units if self.has_part(model.disclosure_category, unit.code)
            ]
            if len(parts) < len(units):
                pages = pages.exclude(pk__in=self._drafts_of_others(model, parts).values("pk"))
        return pages

    def _drafts_of_others(self, model: type[Any], parts: list[int]) -> QuerySet:
        mine = Contribution.objects.filter(user=self.authority.user).values("page_id")
        # A draft may name another unit than the page: that unit's people decide on it.
        listed = model._base_manager.filter(
            Q(owning_unit__in=parts)
            | Q(latest_revision__content__owning_unit__in=parts)
            | Q(owner=self.authority.user)
            | Q(pk__in=mine)
        )
        return model._base_manager.filter(live=False).exclude(pk__in=listed.values("pk"))
