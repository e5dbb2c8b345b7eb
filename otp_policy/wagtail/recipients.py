"""Who may act on an item today: holders, acting holders and those whom an order assigns."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q

from otp_policy import Decision, Role
from otp_policy.vocabulary import Binding

from .adapters import actor_for, as_drafted, has_authority, latest_text, question
from .conf import current_policy, office_day
from .models.office import DelegationOrder, Post


def who_may(page: Any, action: str, *, channel: str = "") -> list[Any]:
    """Return the active users whom the policy lets take *action* on the draft of *page* today."""
    return [user for user, decision in _asked(page, action, channel) if decision.allowed]


def who_has_authority(page: Any, action: str, *, channel: str = "") -> list[Any]:
    """Return the same, whatever the item still lacks; own work stays a hindrance."""
    return [
        user
        for user, decision in _asked(page, action, channel)
        if has_authority(decision) and not _own_work(decision)
    ]


def holders(roles: Iterable[str], unit: Any) -> list[Any]:
    """Return who holds one of *roles* today, where it counts for an item of *unit*."""
    return list(_candidates(roles, unit))


def who_keeps(channel: str) -> list[Any]:
    """Return the active users who hold today the post that publishes on *channel*, in its unit."""
    entry = current_policy().channels[channel]
    posts = Post.objects.in_force(office_day())
    keeping = posts.filter(role=entry.publisher_role, unit__code=entry.owner)
    users = get_user_model().objects.filter(pk__in=keeping.values("user"), is_active=True)
    return list(users.order_by("pk"))


def _own_work(decision: Decision) -> bool:
    return any(str(finding.code) == "own_work" for finding in decision.reasons)


def _asked(page: Any, action: str, channel: str) -> list[tuple[Any, Decision]]:
    """Return each candidate with the answer of the policy; the item is read once for all."""
    policy, on = current_policy(), office_day()
    draft = as_drafted(page)
    channels = channel or None
    roles = policy.roles_for(action, draft.disclosure_category, channels, on=on)
    candidates = list(_candidates(roles, draft.owning_unit))
    if not candidates:
        return []
    digest = latest_text(page)[1]
    asked = question(draft, action, actor_for(None, on), digest=digest, channel=channel, on=on)
    return [
        (
            user,
            policy.decide(
                replace(asked, actor=actor_for(user, on, category=page.disclosure_category))
            ),
        )
        for user in candidates
    ]


def _where_it_counts(role: Role, unit: Any) -> dict[str, Any]:
    if role.binding is Binding.ITEM_UNIT:
        return {"unit": unit}
    return {"unit__code__in": role.units} if role.binding is Binding.FIXED_UNITS else {}


def _candidates(roles: Iterable[str], unit: Any) -> Any:
    """Return the active users with a post or an order for a role, of *unit* where that matters."""
    on, known = office_day(), current_policy().roles
    wanted = Q(pk__in=[])
    for role in roles:
        of_unit = _where_it_counts(known[role], unit)
        posts = Post.objects.in_force(on).filter(role=role, **of_unit)
        orders = DelegationOrder.objects.in_force(on).filter(role=role, **of_unit)
        wanted |= Q(pk__in=posts.values("user")) | Q(pk__in=orders.values("delegate"))
    return get_user_model().objects.filter(wanted, is_active=True).order_by("pk")
