"""
Which live item goes on where another one ends: the summary of the next month, the next year's plan.

Those of one series share category, kind (or what the page type names instead) and owning unit, and
each speaks of a period. A draft, or what was withdrawn, follows nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, IntegerField, Value
from django.db.models.functions import Cast
from django.utils.translation import get_language
from wagtail.models import Page

from otp_policy.freshness import Period, followed_from

from .conf import period_of
from .models import DisclosurePageMixin, Publication, governed_models
from .readable import readable_pages

__all__ = ["Follower", "LiveSeries", "Place", "place_of"]

# Category, what the series is of, and the code of the owning unit.
SeriesKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an item stands: its series and its period; no place without both."""

    series: SeriesKey
    period: Period | None

    @property
    def is_in_series(self) -> bool:
        return self.period is not None and bool(self.series[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """The item of the next period; `page` knows its key, title and address alone."""

    period: Period
    page: Page
    title_en: str

    @property
    def local_title(self) -> dict[str, str]:
        """Return the title in the reader's language, as `text` and `lang`."""
        if self.title_en and (get_language() or "th").startswith("en"):
            return {"text": self.title_en, "lang": "en"}
        return {"text": self.page.title, "lang": "th"}


def place_of(page: Any) -> Place:
    """Return where *page*, as it stands in memory, stands."""
    series = (page.disclosure_category, page.disclosure_series, page.owning_unit.code)
    return Place(series=series, period=page.covers)


class LiveSeries:
    """The series of all page types, read in one query when an item of a series asks for it."""

    def __init__(
        self,
        models: Collection[type[DisclosurePageMixin]] | None = None,
        *,
        among: Collection[int] | None = None,
    ) -> None:
        """
        Look at these categories' page types alone: those of *models*; default: at all.

        Args:
            among: Keys of pages, if it is known that no other follows any.
        """
        self.categories = {model.disclosure_category for model in models or governed_models()}
        self.among = among
        self._read: dict[SeriesKey, list[Follower]] | None = None

    def follower(self, place: Place) -> Follower | None:
        """Return the item that speaks of what comes after *place*, or None."""
        if not place.is_in_series or place.period is None:
            return None
        if self._read is None:
            self._read = _read(self.categories, self.among)
        others = self._read.get(place.series, [])
        first = followed_from(place.period, [other.period for other in others])
        later = [one for one in others if one.period.last > place.period.last]
        # Of two that begin on one day, as a year and its first month, the one that ends first.
        return min(
            (one for one in later if one.period.first == first),
            key=lambda one: (one.period, one.page.pk),
            default=None,
        )


def _read(
    categories: Collection[str], among: Collection[int] | None
) -> dict[SeriesKey, list[Follower]]:
    found: dict[SeriesKey, list[Follower]] = {}
    models = [
        model
        for model in governed_models()
        if model.fiscal_year_field and model.disclosure_category in categories
    ]
    if not models:
        return found
    first, *others = [_rows(model, among) for model in models]
    rows = first.union(*others, all=True)
    for key, url_path, title, title_en, category, series, unit, year, month in rows:
        period = period_of(year, month)
        if period is not None and series:
            page = Page(pk=key, url_path=url_path, title=title)
            one = Follower(period=period, page=page, title_en=title_en)
            found.setdefault((category, series, unit), []).append(one)
    return found


def _rows(model: type[DisclosurePageMixin], among: Collection[int] | None) -> Any:
    public = readable_pages().type(model).order_by().values("pk")
    if among is not None:
        public = public.filter(pk__in=among)
    live = Publication.objects.filter(ended_at=None, page_id__in=public)
    text, number = CharField(), IntegerField()
    has_english = any(found.name == "title_en" for found in model._meta.get_fields())
    return (
        model._base_manager.filter(pk__in=live.values("page_id"))
        .order_by()
        .values_list(
            "pk",
            "url_path",
            "title",
            Cast(F("title_en"), text) if has_english else Value("", text),
            Value(model.disclosure_category, text),
            Cast(model.listed_series(), text),
            "owning_unit__code",
            Cast(model.listed_year(), number),
            Cast(model.listed_month(), number),
        )
    )
