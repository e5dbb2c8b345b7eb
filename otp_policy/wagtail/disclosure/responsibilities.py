"""
Who is responsible for which step (clause 3), from the policy in force and the register of posts.

It names posts and units, and no person: who holds a post changes, and is no measure.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language

from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.models import DelegationOrder, Post
from otp_policy.wagtail.models.choices import label_of

__all__ = ["Responsibility", "responsibilities"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A post that somebody holds, in a unit or in the whole office (`unit` empty)."""

    role: str
    unit: str
    is_acting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A delegation order in force: whose role it hands on, and between which days."""

    number: str
    role: str
    unit: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsibility:
    """
    One step with who is responsible for it.

    `responsible` is as the announcement has it; `holders` are the posts that are filled today,
    `vacant` the names of roles that nobody holds. `interpretation` tells what the clause leaves
    open; empty where it bears everything.
    """

    number: int
    text: str
    responsible: str
    clause: str
    interpretation: str
    holders: tuple[Holder, ...]
    vacant: tuple[str, ...]
    orders: tuple[Order, ...]


def responsibilities(*, on: date | None = None) -> list[Responsibility]:
    """Return each step of the policy in force on the day *on* (default: today), in its order."""
    on = on or office_day()
    policy = current_policy()
    if not policy.is_in_force(on):
        return []
    posts, orders = _by_role(_posts(on)), _by_role(_orders(on))
    return [_of_step(step, posts, orders) for step in policy.document.on(on).step]


def _of_step(
    step: Any, posts: dict[str, list[Post]], orders: dict[str, list[DelegationOrder]]
) -> Responsibility:
    return Responsibility(
        number=step.number,
        text=_said(step.label),
        responsible=_said(step.responsible) if step.responsible else "",
        clause=step.clause,
        interpretation=step.interpretation or "",
        holders=_holders(post for role in step.roles for post in posts[role]),
        vacant=tuple(str(label_of("roles", role)) for role in step.roles if not posts[role]),
        orders=tuple(_order(order) for role in step.roles for order in orders[role]),
    )


def _said(label: Any) -> str:
    text: str = label.en if (get_language() or "th").startswith("en") else label.th
    return text


def _holders(posts: Iterable[Post]) -> tuple[Holder, ...]:
    """Return each post once, however many people share it."""
    held = (
        Holder(
            role=str(label_of("roles", post.role)),
            unit=str(post.unit or ""),
            is_acting=post.is_acting,
        )
        for post in posts
    )
    return tuple(dict.fromkeys(held))


def _order(order: DelegationOrder) -> Order:
    return Order(
        number=order.number,
        role=str(label_of("roles", order.role)),
        unit=str(order.unit or ""),
        from_on=order.from_on,
        until_on=order.until_on,
    )


def _posts(on: date) -> Any:
    held = Post.objects.in_force(on).filter(user__is_active=True)
    return held.select_related("unit").order_by("role", "unit__code", "is_acting")


def _orders(on: date) -> Any:
    return DelegationOrder.objects.in_force(on).select_related("unit").order_by("from_on", "number")


def _by_role(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.role].append(row)
    return found
