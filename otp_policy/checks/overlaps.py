"""Entries that speak of the same thing on the same days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations

from otp_policy.checks.defects import defect
from otp_policy.document import TABLES, Document
from otp_policy.entries import Duty, Entry, Law, Requirement, ReviewReminder, Rule, Wait
from otp_policy.errors import PolicyDataError
from otp_policy.vocabulary import Authority

__all__ = ["overlaps"]


def overlaps(document: Document) -> Iterator[PolicyDataError]:
    """Return every entry that an earlier one already answers for."""
    publishers = {channel.publisher_role for channel in document.channel}
    for table in TABLES:
        if table in {"urgent", "calendar"}:
            continue  # how many are in force is checked day by day
        for earlier, later in combinations(getattr(document, table), 2):
            if isinstance(earlier, Rule) and isinstance(later, Rule):
                shared = _shared_by_rules(earlier, later, publishers)
            else:
                shared = _shared(earlier, later)
            if shared and _meet(earlier, later):
                yield defect(
                    later,
                    "overlap",
                    f"{earlier.place.where()} already speaks of {shared} on the same days",
                    instead="end the earlier entry with `effective_until`, or part the two",
                )


def _meet(one: Entry, other: Entry) -> bool:
    return one.effective_from <= (other.effective_until or date.max) and other.effective_from <= (
        one.effective_until or date.max
    )


def _shared(one: Entry, other: Entry) -> str:
    """Return what both entries speak of, in words; empty if they speak of different things."""
    if isinstance(one, Duty) and isinstance(other, Duty):
        if (one.category, one.kind) != (other.category, other.kind):
            return ""
        return f"`{one.kind or one.category}`"
    if isinstance(one, Wait) and isinstance(other, Wait):
        both = sorted(set(one.actions) & set(other.actions))
        return f"`{both[0]}`" if both else ""
    if isinstance(one, ReviewReminder) and isinstance(other, ReviewReminder):
        # Of one day several may be reminded, each by an entry of its own.
        same_day = one.offset == other.offset and one.names_one_day and other.names_one_day
        roles = sorted(set(one.to) & set(other.to)) if same_day else []
        return f"`{roles[0]}` on the same day" if roles else ""
    for key in ("code", "number", "step"):
        value = getattr(one, key, None)
        if value is None:
            continue
        if value != getattr(other, key):
            return ""
        if isinstance(one, Requirement | Law) and isinstance(other, Requirement | Law):
            shared = sorted(set(one.actions) & set(other.actions))
            return f"`{value}` of `{shared[0]}`" if shared else ""
        return f"`{value}`"
    # A provision speaks of its clause.
    return f"`{one.clause}`" if one.clause == other.clause else ""


def _shared_by_rules(one: Rule, other: Rule, publishers: set[str]) -> str:
    """Return the action for which both rules give, or deny, the same role its authority."""
    if one.action is not other.action:
        return ""
    if one.categories and other.categories and not set(one.categories) & set(other.categories):
        return ""
    roles, others = (
        publishers if rule.authority is Authority.CHANNEL_OWNER else set(rule.roles)
        for rule in (one, other)
    )
    # A rule that names nobody speaks for everybody.
    if roles and others and not roles & others:
        return ""
    return f"`{one.action}`"
