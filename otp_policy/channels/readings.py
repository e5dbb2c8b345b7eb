"""What a service tells when it is asked: allowance, access, readers, and its own opinion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = [
    "Check",
    "CheckState",
    "Health",
    "HealthState",
    "LinkClicks",
    "Problem",
    "Quota",
    "Statistics",
    "StatisticsState",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """
    A limit of the service that the payload breaks.

    `code` is `empty`, `too_long`, `too_many`, `too_large`, `url_not_allowed`,
    `reference_missing`, `shape`, or `refused` where the service itself complains, with its
    sentence in `detail`. `limit` and `actual` are in the service's own unit for that place; both
    are 0 where there is nothing to count.
    """

    code: str
    where: str
    limit: int
    actual: int
    detail: str = ""


class CheckState(StrEnum):
    """What the service says of a payload that was only shown to it."""

    PASSED = "passed"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # it could not be asked: no reason to refuse, none to trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The service's own opinion of a payload. `problems` is empty unless it was refused."""

    state: CheckState
    problems: tuple[Problem, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """
    How much of the month's allowance is left, in messages, and what one more sending costs.

    `is_known` false: the service could not be asked, and nothing else here counts. `limit` None:
    no limit. `cost` None: the service does not tell how many friends a broadcast reaches.
    """

    is_known: bool
    limit: int | None = None
    used: int = 0
    cost: int | None = None
    detail: str = ""

    @property
    def left(self) -> int | None:
        """Messages that may still be sent this month, None for no limit or not known."""
        if not self.is_known or self.limit is None:
            return None
        return max(self.limit - self.used, 0)

    @property
    def covers_one_more(self) -> bool | None:
        """Whether one more sending fits, None where that is not known."""
        if not self.is_known:
            return None
        if self.left is None:
            return True
        if self.left == 0:
            return False
        return None if self.cost is None else self.cost <= self.left


class HealthState(StrEnum):
    """Whether the channel could send now."""

    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"  # a person must renew access or permission
    UNKNOWN = "unknown"  # the service could not be asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """
    Whether the channel's access is in order.

    `is_valid` is None where that is not known. `expires_at` None: no end, or none told.
    `missing_scopes` are the permissions that sending needs and the token lacks.
    """

    state: HealthState
    is_valid: bool | None = None
    expires_at: datetime | None = None
    missing_scopes: tuple[str, ...] = ()
    detail: str = ""


class StatisticsState(StrEnum):
    """Whether the service has numbers."""

    READY = "ready"
    UNREADY = "unready"  # ask again another day
    UNAVAILABLE = "unavailable"  # it keeps none for this message
    UNKNOWN = "unknown"  # it could not be asked


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkClicks:
    """How often the address at `url` was followed. None: too few to tell."""

    url: str
    clicks: int | None = None
    unique_clicks: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """
    How many readers one message had.

    None is not zero: the service leaves out numbers that are small enough to point at persons.
    """

    state: StatisticsState
    delivered: int | None = None
    unique_impressions: int | None = None
    unique_clicks: int | None = None
    links: tuple[LinkClicks, ...] = ()
    sent_at: datetime | None = None
    detail: str = ""
