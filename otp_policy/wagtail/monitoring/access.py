"""Who sees the monitoring, and who coordinates it (annex 2.1)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.models import DelegationOrder, Post

__all__ = ["may_coordinate", "may_see", "of_the_office"]


def may_see(user: Any) -> bool:
    """Tell whether *user* holds a post or an order today, or administers the site."""
    if user.is_superuser:
        return True
    on = office_day()
    return bool(
        Post.objects.in_force(on).filter(user=user).exists()
        or DelegationOrder.objects.in_force(on).filter(delegate=user).exists()
    )


def may_coordinate(user: Any) -> bool:
    """Tell whether *user* keeps the website for the unit that owns it: it coordinates divisions."""
    policy = current_policy()
    website = policy.channels[policy.first_channel]
    posts = Post.objects.in_force(office_day()).filter(user=user, role=website.publisher_role)
    return user.is_active and posts.filter(unit__code=website.owner).exists()


def of_the_office(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let the view be seen by whoever has a part in the measures; others are refused."""

    @wraps(view)
    def seen(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_see(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return seen
