"""What a person has authority for, asked of the policy about many items in memory."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from otp_policy import Actor, Item, Question

from .adapters import actor_for, has_authority, person
from .conf import current_policy, office_day

__all__ = ["Authority"]


@dataclass(frozen=True, slots=True)
class Authority:
    """One person's posts and delegations, read once for each category that is asked about."""

    user: Any
    on: date
    _actors: dict[str, Actor] = field(default_factory=dict)
    _answers: dict[tuple[str, ...], bool] = field(default_factory=dict)

    @classmethod
    def of(cls, user: Any) -> "Authority":
        """Return what *user* holds today; an inactive user holds nothing."""
        return cls(user, office_day())

    def holds(self, action: str, *, category: str, unit: str, channel: str = "") -> bool:
        """
        Tell whether nothing in the person's way stands against *action*, today.

        What the item may still lack, and whose work it is, is not asked here.
        """
        channel = channel or current_policy().first_channel
        key = (action, category, unit, channel)
        if key not in self._answers:
            item = Item(id="", category=category, unit=unit, digest="sha256:-", channel=channel)
            asked = Question(on=self.on, action=action, actor=self._actor(category), item=item)
            self._answers[key] = has_authority(current_policy().decide(asked))
        return self._answers[key]

    def _actor(self, category: str) -> Actor:
        """An order may be for one category alone."""
        if category not in self._actors:
            self._actors[category] = (
                actor_for(self.user, self.on, category=category)
                if self.user.is_active
                else Actor(id=person(self.user))
            )
        return self._actors[category]
