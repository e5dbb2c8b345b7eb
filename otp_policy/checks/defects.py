"""How a check says what is wrong with an entry, and where."""

from __future__ import annotations

from otp_policy.entries import Entry, Header
from otp_policy.errors import PolicyDataError

__all__ = ["defect"]


def defect(
    entry: Entry | Header,
    code: str,
    problem: str,
    *,
    key: str = "",
    item: int | None = None,
    instead: str,
) -> PolicyDataError:
    """Return a defect at *key* of *entry*, or at an item of the list that stands there."""
    place = entry.place
    within = () if item is None else (item,)
    return PolicyDataError(
        problem,
        where=place.where(key, *within),
        code=code,
        at=place.at(key, *within),
        instead=instead,
    )
