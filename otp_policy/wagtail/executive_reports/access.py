"""
Who prepares and submits the report, and who acknowledges it (annex 2.1).

The policy names the unit that reports (`[[report]]`) and calls those who are told “the executives”.
Those are read as whoever holds a role of the whole office that carries approvals; see ADR 0032.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from otp_policy.vocabulary import Binding
from otp_policy.wagtail.adapters import Held
from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.models import DelegationOrder, Post
from otp_policy.wagtail.models.evidence import Capacity
from otp_policy.wagtail.orders import while_held
from otp_policy.wagtail.refusals import PolicyRefusal

from .periods import report_entry
from .refusals import NO_PART, title_of

__all__ = ["Standing", "executives", "has_part", "held_as_executive", "standing_of", "unit_people"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What one person may do with reports: None where nothing carries it."""

    prepares: Held | None
    acknowledges: Held | None
    is_of_unit: bool

    @property
    def sees(self) -> bool:
        return self.is_of_unit or self.acknowledges is not None


NOTHING = Standing(prepares=None, acknowledges=None, is_of_unit=False)


def standing_of(user: Any, on: date | None = None) -> Standing:
    """Return what *user* may do on a day, by default today; an inactive one nothing."""
    on = on or office_day()
    entry = report_entry(on)
    if entry is None or not user.is_active:
        return NOTHING
    posts = Post.objects.in_force(on).filter(user=user, unit__code=entry.unit)
    held = sorted(posts, key=lambda post: (post.is_acting, post.role))
    preparing = preparing_roles(on)
    return Standing(
        prepares=next((_held(post, entry.unit) for post in held if post.role in preparing), None),
        acknowledges=held_as_executive(user, on),
        is_of_unit=bool(held),
    )


def preparing_roles(on: date) -> frozenset[str]:
    """Return the roles that prepare: those that count in the reporting unit, or else any role."""
    entry, roles = report_entry(on), current_policy().roles
    if entry is None:
        return frozenset()
    fixed = {
        code
        for code, role in roles.items()
        if role.binding is Binding.FIXED_UNITS and entry.unit in role.units
    }
    return frozenset(fixed or roles)


def executive_roles(on: date) -> frozenset[str]:
    """Return the roles of the executives: bound to no unit, and carrying approvals."""
    policy = current_policy()
    if not policy.is_in_force(on):
        return frozenset()
    approving = policy.roles_for("approve", on=on)
    return frozenset(code for code in approving if policy.roles[code].binding is Binding.OFFICE)


def held_as_executive(user: Any, on: date) -> Held | None:
    """
    Return by which post, or order in force on the day, *user* is an executive; a post comes first.

    An order for one category alone is about items of that category, and about no report.
    """
    roles = executive_roles(on)
    posts = Post.objects.in_force(on).filter(user=user, role__in=roles).select_related("unit")
    for post in sorted(posts, key=lambda post: post.is_acting):
        if Capacity.ACTING in _capacities(post.role) or not post.is_acting:
            return _held(post, post.unit.code if post.unit else "")
    return next((held for _user, held in _by_orders(on, delegate=user)), None)


def _capacities(role: str) -> tuple[str, ...]:
    return tuple(str(one) for one in current_policy().roles[role].capacities)


def _held(post: Post, unit: str) -> Held:
    capacity = Capacity.ACTING if post.is_acting else Capacity.HOLDER
    return Held(role=post.role, unit=unit, capacity=capacity)


def _by_orders(on: date, **narrow: Any) -> Iterator[tuple[Any, Held]]:
    roles = [code for code in executive_roles(on) if current_policy().roles[code].delegable]
    orders = DelegationOrder.objects.filter(role__in=roles, category="", **narrow)
    for order, first, last in while_held(orders.select_related("unit", "delegate")):
        if first <= on <= last:
            yield (
                order.delegate,
                Held(
                    role=order.role,
                    unit=order.unit.code if order.unit else "",
                    order=order.number,
                    capacity=Capacity.ASSIGNED,
                ),
            )


def executives(on: date | None = None) -> list[Any]:
    """Return the active users who are executives on a day, by a post or an order."""
    on = on or office_day()
    posts = Post.objects.in_force(on).filter(role__in=executive_roles(on))
    by_order = [user.pk for user, _held in _by_orders(on)]
    found = get_user_model().objects.filter(Q(pk__in=posts.values("user")) | Q(pk__in=by_order))
    return [
        user
        for user in found.filter(is_active=True).order_by("pk").distinct()
        if held_as_executive(user, on) is not None
    ]


def unit_people(on: date | None = None) -> list[Any]:
    """Return the active users who may prepare the report on a day."""
    on = on or office_day()
    entry = report_entry(on)
    if entry is None:
        return []
    posts = Post.objects.in_force(on).filter(unit__code=entry.unit, role__in=preparing_roles(on))
    users = get_user_model().objects.filter(pk__in=posts.values("user"), is_active=True)
    return list(users.order_by("pk"))


def has_part(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view be seen by the reporting unit and the executives; everybody else is refused."""

    @wraps(view)
    def seen(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        standing = standing_of(request.user)
        if not standing.sees:
            raise PolicyRefusal(title_of(None), also=[str(NO_PART)])
        response = view(request, standing, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    return seen
