"""
How long a delegation order holds: on its days, and while the person who gave it holds the role.

The announcement names "an official assigned" and says no more (annex 1 step 3). That nobody can
assign what they do not hold, and that an assignment lapses when its giver leaves the role, is our
reading; the successor gives an order of their own.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext

from .conf import office_day
from .models.office import DelegationOrder, Post


def while_held(
    orders: Iterable[DelegationOrder], category: str = ""
) -> Iterator[tuple[DelegationOrder, date, date]]:
    """
    Yield each order with the first and last day on which it holds; one with a gap comes twice.

    An order that holds on no day comes with days that no day lies between, so that whoever asks
    is told that it does not cover the day, and not that the role is missing.
    """
    chosen = [order for order in orders if category in ("", order.category) or not order.category]
    for order, stretches in _stretches(chosen):
        for first, last in stretches or [(date.max, date.min)]:
            yield order, first, last


def _stretches(
    orders: list[DelegationOrder],
) -> Iterator[tuple[DelegationOrder, list[tuple[date, date]]]]:
    if not orders:
        return
    givers = {order.delegator_id for order in orders}
    posts = list(Post.objects.filter(user__in=givers).order_by("from_on"))
    for order in orders:
        yield (
            order,
            [
                (max(order.from_on, post.from_on), min(order.until_on, post.until_on or date.max))
                for post in posts
                # An order without its last day assigns nobody.
                if order.until_on and order.is_backed_by(post) and _overlap(post, order)
            ],
        )


def _overlap(post: Post, order: DelegationOrder) -> bool:
    return post.from_on <= order.until_on and (
        post.until_on is None or post.until_on >= order.from_on
    )


def order_state(order: DelegationOrder) -> str:
    """Say whether *order* holds today, and if it does not, why."""
    today = office_day()
    if order.from_on > today:
        return gettext("not begun")
    if order.until_on is None or order.until_on < today:
        return gettext("over")
    if any(first <= today <= last for _order, first, last in while_held([order])):
        return gettext("in force")
    return gettext("lapsed: its giver left the role")
