"""
Every live item with its owner, its days and its state, and every category that has none.

Annex 2.1 asks for intervals suited to the kind of information: when each item is due comes from
the policy's duties. The number of queries does not depend on the number of items.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Min
from django.urls import translate_url
from django.utils import timezone
from django.utils.translation import override

from otp_policy.freshness import Freshness, FreshnessState
from otp_policy.wagtail.conf import current_policy, office_day, public_base_url
from otp_policy.wagtail.listing import ListedItem, listed
from otp_policy.wagtail.live_series import Follower
from otp_policy.wagtail.models import Publication, Unit, governed_models
from otp_policy.wagtail.readable import readable_pages

__all__ = ["DisclosedItem", "disclosed_items", "item_by_id", "missing_categories"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosedItem:
    """
    One live item as the public may know it.

    `title_en` is empty where the item has no English title. `last_reviewed_on` is the day of its
    latest approved text, or of a later attestation of it. `due_on` is the last day on which the
    next review is still on time; there is none where `followed_by`, the item of the next period,
    does the duty of this one.
    """

    id: int
    category: str
    kind: str
    title: str
    title_en: str
    unit: Unit
    path: str
    digest: str
    first_published_on: date
    published_at: datetime
    last_reviewed_on: date
    freshness: Freshness
    followed_by: Follower | None = None

    @property
    def url(self) -> str:
        """Return the public address in the office's first language, with scheme and host."""
        return self.path if self.path.startswith("http") else f"{public_base_url()}{self.path}"

    @property
    def url_en(self) -> str:
        """Return the address at which the same item is read in English."""
        with override("th"):
            return str(translate_url(self.url, "en"))


def disclosed_items(
    *, category: str = "", unit: str = "", state: str = "", on: date | None = None
) -> list[DisclosedItem]:
    """
    Return the live items in the order of the policy's categories, the latest first in each.

    Args:
        category: Only this category of the policy; default: all.
        unit: Only what the unit of this code owns.
        state: Only items that stand so, as `overdue`.
        on: The day that `due_on` and the state are told for; default: today in the office.
    """
    on = on or office_day()
    found = [
        item
        for item in _items(readable_pages(), on, category=category, unit=unit)
        if state in ("", item.freshness.state)
    ]
    places = {code: place for place, code in enumerate(current_policy().categories)}
    found.sort(key=lambda item: (-item.published_at.timestamp(), item.id))
    return sorted(found, key=lambda item: places.get(item.category, len(places)))


def item_by_id(page_id: int, *, on: date | None = None) -> DisclosedItem | None:
    """Return one live item, or None if the public has no such item."""
    one = readable_pages().filter(pk=page_id)
    return next(iter(_items(one, on or office_day())), None)


def missing_categories(items: Iterable[DisclosedItem]) -> list[str]:
    """Return the categories of the policy in which nothing is public."""
    there = {item.category for item in items}
    return [code for code in current_policy().categories if code not in there]


def _items(public: Any, on: date, *, category: str = "", unit: str = "") -> list[DisclosedItem]:
    open_ones = Publication.objects.filter(ended_at=None, page_id__in=public.values("pk"))
    first = dict(
        Publication.objects.filter(page_id__in=open_ones.values("page_id"))
        .values("page_id")
        .annotate(first=Min("at"))
        .values_list("page_id", "first")
    )
    return [
        _item(item, first[item.page.pk])
        for item in listed(open_ones, governed_models(), on=on)
        if category in ("", item.category) and unit in ("", item.unit)
    ]


def _item(item: ListedItem, first_at: datetime) -> DisclosedItem:
    publication, review = item.publication, item.review
    with override("th"):
        path = item.page.get_url() or "/"
    return DisclosedItem(
        id=item.page.pk,
        category=item.category,
        # A page type may name a kind that this office's policy has no interval for.
        kind=item.kind if item.kind in current_policy().kinds else "",
        title=item.texts["title"],
        title_en=item.texts["title_en"],
        unit=Unit(code=item.unit, name_th=item.unit_th, name_en=item.unit_en),
        path=path,
        digest=publication.digest,
        first_published_on=office_day(first_at),
        published_at=timezone.localtime(publication.at),
        last_reviewed_on=office_day(publication.reviewed_at),
        freshness=NEVER_DUE
        if review is None
        else Freshness(
            due_on=review.due_on, state=review.state, clause=review.clause, rule=review.rule
        ),
        followed_by=review.followed_by if review else None,
    )


# Before the policy is in force an item is due at no time.
NEVER_DUE = Freshness(due_on=None, state=FreshnessState.CURRENT, clause="", rule="")
