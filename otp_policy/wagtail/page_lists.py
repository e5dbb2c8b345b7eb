"""
Keeps drafts out of Wagtail's own lists for those who have no part in them.

Explorer, search, reports and both APIs of the admin ask one permission policy which pages a
person may come to; choosers ask a hook. Pages outside the measures are listed as ever.
"""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.permissions import policy_registry, register_permission_policy

from .models import governed_models
from .readership import Readership

__all__ = ["OwnPartsPolicy", "OwnPartsPolicyMixin", "choosable", "connect"]


class OwnPartsPolicyMixin:
    """For a permission policy of pages: a draft is listed to those who have a part in it."""

    def instances_user_has_any_permission_for(
        self, user: Any, actions: Collection[str]
    ) -> QuerySet:
        pages = super().instances_user_has_any_permission_for(user, actions)  # type: ignore[misc]
        return Readership(user).listed(pages)


class OwnPartsPolicy(OwnPartsPolicyMixin, PagePermissionPolicy):
    """Wagtail's policy of pages, with drafts left to those who have a part in them."""


def connect() -> None:
    """Take the place of Wagtail's policy, unless the site has one of its own."""
    if governed_models() and type(policy_registry.get_by_type(Page)) is PagePermissionPolicy:
        register_permission_policy(Page, OwnPartsPolicy())


def choosable(pages: QuerySet, request: HttpRequest) -> QuerySet:
    """Offer in choosers what the reader finds elsewhere in the admin."""
    return Readership(request.user).listed(pages)
