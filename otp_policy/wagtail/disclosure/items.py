"""
Every live item with its owner, its days and its state, and every category that has none.

Annex 2.1 asks for intervals suited to the kind of information: when each item is due comes from
the policy's duties. The number of queries depends on the number of page types alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Min
from django.urls import translate_url
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import Page

from otp_policy.errors import QuestionError
from otp_policy.freshness import Freshness, FreshnessQuestion, FreshnessState, freshness
from otp_policy.wagtail.conf import current_policy, office_day, public_base_url
from otp_policy.wagtail.models import Publication, Unit, governed_models
from otp_policy.wagtail.models.holidays import holidays_from

__all__ = ["DisclosedItem", "disclosed_items", "item_by_id", "missing_categories"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosedItem:
    """
    One live item as the public may know it.

    `title_en` is empty where the item has no English title. `last_reviewed_on` is the day of its
    latest approved text. `due_on` is the last day on which the next review is still on time.
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
        for item in _items(Page.objects.live().public(), on, category=category, unit=unit)
        if state in ("", item.freshness.state)
    ]
    places = {code: place for place, code in enumerate(current_policy().categories)}
    found.sort(key=lambda item: (-item.published_at.timestamp(), item.id))
    return sorted(found, key=lambda item: places.get(item.category, len(places)))


def item_by_id(page_id: int, *, on: date | None = None) -> DisclosedItem | None:
    """Return one live item, or None if the public has no such item."""
    one = Page.objects.live().public().filter(pk=page_id)
    return next(iter(_items(one, on or office_day())), None)


def missing_categories(items: Iterable[DisclosedItem]) -> list[str]:
    """Return the categories of the policy in which nothing is public."""
    there = {item.category for item in items}
    return [code for code in current_policy().categories if code not in there]


def _items(public: Any, on: date, *, category: str = "", unit: str = "") -> list[DisclosedItem]:
    open_ones = Publication.objects.filter(ended_at=None, page_id__in=public.values("pk"))
    open_by_page = {row.page_id: row for row in open_ones}
    first = dict(
        Publication.objects.filter(page_id__in=open_ones.values("page_id"))
        .values("page_id")
        .annotate(first=Min("at"))
        .values_list("page_id", "first")
    )
    holidays = tuple(holidays_from(date(on.year - 1, 1, 1)))
    return [
        _item(page, open_by_page[page.pk], first[page.pk], on, holidays)
        for model in governed_models()
        if category in ("", model.disclosure_category)
        for page in _pages(model, open_ones, unit)
        if page.pk in open_by_page
    ]


# What a list shows of a page: never its body.
_COLUMNS = ("title", "title_en", "url_path", "slug", "locale", "fiscal_year", "document_kind")


def _pages(model: Any, open_ones: Any, unit: str) -> Any:
    has = {field.name for field in model._meta.get_fields()}
    pages = model.objects.filter(pk__in=open_ones.values("page_id"))
    if unit:
        pages = pages.filter(owning_unit__code=unit)
    columns = [name for name in _COLUMNS if name in has]
    return pages.select_related("owning_unit").only(*columns, "owning_unit")


def _item(
    page: Any,
    publication: Publication,
    first_at: datetime,
    on: date,
    holidays: tuple[date, ...],
) -> DisclosedItem:
    first_on, reviewed_on = office_day(first_at), office_day(publication.at)
    # A page type may name a kind that this office's policy has no interval for.
    kind = page.disclosure_kind if page.disclosure_kind in current_policy().kinds else ""
    asked = FreshnessQuestion(
        on=on,
        category=page.disclosure_category,
        kind=kind,
        first_published_on=first_on,
        last_reviewed_on=reviewed_on,
        covers_until=page.covers_until,
        holidays=holidays,
    )
    with override("th"):
        path = page.get_url() or "/"
    return DisclosedItem(
        id=page.pk,
        category=page.disclosure_category,
        kind=kind,
        title=page.title,
        title_en=getattr(page, "title_en", ""),
        unit=page.owning_unit,
        path=path,
        digest=publication.digest,
        first_published_on=first_on,
        published_at=timezone.localtime(publication.at),
        last_reviewed_on=reviewed_on,
        freshness=_freshness(asked),
    )


def _freshness(asked: FreshnessQuestion) -> Freshness:
    """Return how the item stands; before the policy is in force it is due at no time."""
    try:
        return freshness(current_policy(), asked)
    except QuestionError:
        return Freshness(due_on=None, state=FreshnessState.CURRENT, clause="", rule="")
