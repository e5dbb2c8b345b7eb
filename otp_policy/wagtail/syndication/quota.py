"""
What is left of a channel's allowance, and what one more message costs.

Read from what the dispatcher wrote down at its last look: no screen waits for a service.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from .switches import ChannelSwitch

__all__ = ["Allowance", "allowance_of", "allowances"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """
    A channel's allowance as it was last seen, in messages.

    `is_metered` false: the channel has none, or it was never seen. `cost` None: the service does
    not tell how many friends a broadcast reaches.
    """

    is_metered: bool = False
    limit: int | None = None
    used: int = 0
    cost: int | None = None
    seen_at: datetime | None = None

    @property
    def left(self) -> int | None:
        """Messages that may still be sent, None without a limit."""
        return None if self.limit is None else max(self.limit - self.used, 0)

    @property
    def is_short(self) -> bool:
        """Tell whether one more message surely does not fit."""
        return self.covers(1) is False

    def covers(self, number: int) -> bool | None:
        """Tell whether *number* more messages fit; None where that is not known."""
        if self.left is None:
            return True
        if self.left == 0:
            return False
        return None if self.cost is None else number * self.cost <= self.left


def allowance_of(switch: ChannelSwitch) -> Allowance:
    """Return the allowance that *switch* knows of."""
    if switch.quota_used is None:
        return Allowance()
    return Allowance(
        is_metered=True,
        limit=switch.quota_limit,
        used=switch.quota_used,
        cost=switch.quota_cost,
        seen_at=switch.looked_at,
    )


def allowances(channels: Collection[str]) -> dict[str, Allowance]:
    """Return the allowance of each of *channels* that has one: one query."""
    rows = ChannelSwitch.objects.filter(channel__in=channels, quota_used__isnull=False)
    return {switch.channel: allowance_of(switch) for switch in rows}
