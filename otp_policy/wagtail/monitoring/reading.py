"""Reads what due days follow from: of many items at once, in a few queries for each page type."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, DateField, IntegerField, Max, Min, Q, Value
from django.db.models.functions import Cast, Coalesce
from wagtail.models import Page

from otp_policy.freshness import Period
from otp_policy.wagtail.conf import period_of
from otp_policy.wagtail.due import ReviewFacts
from otp_policy.wagtail.live_series import LiveSeries, Place
from otp_policy.wagtail.models import DisclosurePageMixin, Publication, governed_models

__all__ = ["Standing", "facts_among", "pages_with_holders", "standings_of", "types_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of one item: published or not, but not withdrawn."""

    page_id: int
    unit_id: int
    category: str
    kind: str
    place: Place
    holder_until: date | None
    first_published_at: datetime | None
    reviewed_at: datetime | None

    @property
    def is_live(self) -> bool:
        return self.reviewed_at is not None


def types_of(page_ids: Collection[int]) -> dict[type[DisclosurePageMixin], list[int]]:
    """Return those of the pages that are governed, by their type."""
    found: dict[type[DisclosurePageMixin], list[int]] = {}
    for model in governed_models():
        keys = model._base_manager.filter(pk__in=page_ids).order_by()
        found[model] = list(keys.values_list("pk", flat=True))
    return {model: keys for model, keys in found.items() if keys}


def standings_of(model: type[DisclosurePageMixin], keys: Collection[int]) -> Iterator[Standing]:
    """Yield how these items of one type stand; those that were withdrawn are left out."""
    published = _published(keys)
    for row in _rows(model, keys):
        page_id, unit_id, unit, kind, series, year, month, until = row
        first, reviewed = published.get(page_id, (None, None))
        if first is not None and reviewed is None:
            continue  # it was public once, and was withdrawn
        yield Standing(
            page_id=page_id,
            unit_id=unit_id,
            category=model.disclosure_category,
            kind=kind or "",
            place=Place(
                series=(model.disclosure_category, series or "", unit),
                period=period_of(year, month),
            ),
            holder_until=until,
            first_published_at=first,
            reviewed_at=reviewed,
        )


def facts_among(standing: Standing, series: LiveSeries) -> ReviewFacts:
    """Return what the rule asks of an item, with the one that follows it in *series*."""
    period: Period | None = standing.place.period
    return ReviewFacts(
        category=standing.category,
        kind=standing.kind,
        reviewed_at=standing.reviewed_at,
        covers_until=period.last if period else None,
        followed_by=series.follower(standing.place) if standing.is_live else None,
        holder_until=standing.holder_until,
    )


def pages_with_holders() -> list[int]:
    """Return the keys of the items that stand and fall with the holder of a post."""
    return [
        key
        for model in governed_models()
        if model.post_field
        for key in model._base_manager.order_by().values_list("pk", flat=True)
    ]


def _published(keys: Collection[int]) -> dict[int, tuple[datetime, datetime | None]]:
    """Return of each page that was ever public when first, and when it was last reviewed."""
    rows = Publication.objects.filter(page_id__in=keys).order_by().values("page_id")
    last = Max(Coalesce("attested_at", "at"), filter=Q(ended_at=None))
    found = rows.annotate(first=Min("at"), last=last)
    return {
        page_id: (first, last)
        for page_id, first, last in found.values_list("page_id", "first", "last")
    }


def _rows(model: type[DisclosurePageMixin], keys: Collection[int]) -> Any:
    text, number, day = CharField(), IntegerField(), DateField()
    until = Min(f"{model.post_field}__until_on") if model.post_field else Value(None)
    return (
        model._base_manager.filter(pk__in=keys)
        .order_by()
        .values_list(
            "pk",
            "owning_unit_id",
            "owning_unit__code",
            Cast(model.listed_kind(), text),
            Cast(model.listed_series(), text),
            Cast(model.listed_year(), number),
            Cast(model.listed_month(), number),
            Cast(until, day),
        )
    )


def youngest_page() -> int:
    """Return the largest key of a page, 0 where there is none."""
    return Page.objects.order_by().aggregate(last=Max("pk"))["last"] or 0
