"""What the messages that are planned on a channel cost together, beside what is left."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count

from otp_policy.wagtail.models import Slot
from otp_policy.wagtail.models.choices import label_of

from .quota import Allowance, allowances

__all__ = ["PlannedCost", "planned_costs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCost:
    """A channel's allowance, and the messages whose time has not come."""

    channel: str
    title: str
    allowance: Allowance
    planned: int

    @property
    def cost(self) -> int | None:
        """Messages of the allowance that all which is planned takes; None where not known."""
        return None if self.allowance.cost is None else self.planned * self.allowance.cost

    @property
    def is_over(self) -> bool:
        """Tell whether what is planned surely does not fit."""
        return self.planned > 0 and self.allowance.covers(self.planned) is False


def planned_costs(channels: Collection[str]) -> list[PlannedCost]:
    """Return what is planned on each of *channels* that has an allowance: two queries."""
    known = allowances(channels)
    if not known:
        return []
    rows = Slot.objects.filter(channel__in=known, state__in=Slot.OPEN).order_by()
    planned = dict(rows.values_list("channel").annotate(number=Count("pk")))
    return [
        PlannedCost(
            channel=channel,
            title=label_of("channels", channel),
            allowance=allowance,
            planned=planned.get(channel, 0),
        )
        for channel, allowance in sorted(known.items())
    ]
