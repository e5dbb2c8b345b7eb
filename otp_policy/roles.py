"""
Authority: whether the posts and delegations of a person carry an action.

Annex 1 names who is responsible for each step. Any one valid authority suffices; if there is
none, exactly one reason is given, the nearest miss first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from otp_policy.model import Actor, Finding, Post

__all__ = ["Grant", "Grants", "missing_authority"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """
    Where one role carries an action.

    `units` is None for a role that counts everywhere; an empty set follows the item's own unit.
    """

    units: frozenset[str] | None
    holders: bool
    acting: bool
    delegable: bool
    wrong_unit: Finding

    def admits(self, post: Post) -> bool:
        """Return whether the role may be exercised in the capacity in which *post* is held."""
        return self.acting if post.acting else self.holders

    def covers(self, unit: str, item_unit: str) -> bool:
        """Return whether the role, held in *unit*, counts for an item of *item_unit*."""
        units = self.units
        if units is None:
            return True
        return unit in units if units else unit == item_unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Grants:
    """Every role that carries one action, and what to answer if none of them is held."""

    by_role: Mapping[str, Grant]
    role_missing: Finding
    delegation_not_in_force: Finding


def missing_authority(actor: Actor, *, grants: Grants, unit: str, on: date) -> Finding | None:
    """
    Return why *actor* has no authority over an item of *unit*, or None if there is authority.

    Annex 1 step 3, "or an official assigned": a delegation counts only for a role that may be
    delegated, on its first day, on its last, and in between.
    """
    elsewhere: Finding | None = None
    for post in actor.posts:
        grant = grants.by_role.get(post.role)
        if grant is None or not grant.admits(post):
            continue
        if grant.covers(post.unit, unit):
            return None
        elsewhere = elsewhere or grant.wrong_unit
    if actor.delegations:
        return _missing_delegation(actor, grants, unit, on, elsewhere)
    return elsewhere or grants.role_missing


def _missing_delegation(
    actor: Actor, grants: Grants, unit: str, on: date, elsewhere: Finding | None
) -> Finding | None:
    expired = False
    for delegation in actor.delegations:
        grant = grants.by_role.get(delegation.role)
        if grant is None or not grant.delegable:
            continue
        if not grant.covers(delegation.unit, unit):
            # A right role elsewhere, whatever its dates: the unit is what stands in the way.
            elsewhere = elsewhere or grant.wrong_unit
        elif delegation.from_on <= on <= delegation.until_on:
            return None
        else:
            expired = True
    if expired:
        return grants.delegation_not_in_force
    return elsewhere or grants.role_missing
