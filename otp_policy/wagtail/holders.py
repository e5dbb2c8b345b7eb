"""Who may take a step on an item today, by name: what the screens say beside the roles."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from otp_policy import Actor, Delegation, Item, Question
from otp_policy import Post as CorePost

from .adapters import has_authority, person
from .conf import current_policy, office_day
from .models import DelegationOrder, Post
from .orders import while_held

__all__ = ["people_who_may"]


def people_who_may(
    action: str, page: Any, *, channel: str = "", except_for: tuple[str, ...] = ()
) -> list[Any]:
    """
    Return the active people whose post, or delegation in force, carries *action* on *page*.

    Args:
        action: An action of the policy.
        page: The draft, for its category and unit.
        channel: The channel in question; default: the one that needs no other.
        except_for: Core ids of people who may not, such as its contributors.
    """
    on, policy = office_day(), current_policy()
    unit = page.owning_unit.code if page.owning_unit_id else ""
    item = Item(
        id="",
        category=page.disclosure_category,
        unit=unit,
        digest="sha256:-",
        channel=channel or policy.first_channel,
    )
    found = {}
    for user, actor in _held_today(on, list(policy.roles), page.disclosure_category):
        asked = Question(on=on, action=action, actor=actor, item=item)
        if person(user) not in except_for and has_authority(policy.decide(asked)):
            found[user.pk] = user
    return sorted(found.values(), key=lambda user: user.get_username())


def _held_today(on: date, roles: list[str], category: str) -> Iterator[tuple[Any, Actor]]:
    posts = Post.objects.in_force(on).filter(role__in=roles, user__is_active=True)
    for post in posts.select_related("user", "unit"):
        held = CorePost(role=post.role, unit=_code(post), acting=post.is_acting)
        yield post.user, Actor(id=person(post.user), posts=(held,))
    orders = DelegationOrder.objects.in_force(on).filter(role__in=roles, delegate__is_active=True)
    for order, first, last in while_held(orders.select_related("delegate", "unit"), category):
        held = Delegation(
            role=order.role,
            unit=_code(order),
            from_on=first,
            until_on=last,
            order=order.number,
        )
        yield order.delegate, Actor(id=person(order.delegate), delegations=(held,))


def _code(row: Any) -> str:
    return row.unit.code if row.unit is not None else ""
