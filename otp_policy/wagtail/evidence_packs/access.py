"""Who makes packs and who keeps the instrument: the website's unit, executives, the owner."""

from typing import Any

from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.models import DelegationOrder, Post
from otp_policy.wagtail.monitoring.access import may_coordinate, may_see

__all__ = ["may_keep", "may_pack", "may_pack_all", "may_see"]


def may_keep(user: Any) -> bool:
    """Tell whether *user* keeps the instrument: takes it over, checks it and chooses pages."""
    return bool(user.is_active and (user.is_superuser or may_coordinate(user)))


def may_pack_all(user: Any) -> bool:
    """Tell whether *user* may have the evidence of every unit: who keeps it, and executives."""
    if may_keep(user):
        return True
    office_wide = {
        code for code, role in current_policy().roles.items() if role.binding == "office"
    }
    on = office_day()
    posts = Post.objects.in_force(on).filter(user=user, role__in=office_wide)
    orders = DelegationOrder.objects.in_force(on).filter(delegate=user, role__in=office_wide)
    return bool(user.is_active and (posts.exists() or orders.exists()))


def may_pack(user: Any, page: Any) -> bool:
    """Tell whether *user* may have the evidence of *page*: of the owning unit, or of all."""
    if may_pack_all(user):
        return True
    on, unit = office_day(), page.owning_unit_id
    posts = Post.objects.in_force(on).filter(user=user, unit=unit)
    orders = DelegationOrder.objects.in_force(on).filter(delegate=user, unit=unit)
    return bool(user.is_active and (posts.exists() or orders.exists()))
