"""
What the public may see in lists: items that are live by a publication.

However many items there are and of however many types, a list is read in two queries: one for the
publications, and one for what all types have in common.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import (
    CharField,
    Count,
    DateField,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    Subquery,
    Value,
    Window,
)
from django.db.models.functions import Cast, Coalesce, RowNumber
from django.utils.translation import get_language
from wagtail.models import Page

from otp_policy.thai_order import thai_key

from .conf import current_policy, office_day, office_timezone, period_of
from .due import Holidays, Review, ReviewFacts, review_of
from .live_series import LiveSeries, Place
from .models import DisclosurePageMixin, Publication, governed_models
from .readable import readable_pages

# How many of those reviewed longest ago are looked at for what is due: nearly all of them are.
DUE_CANDIDATES = 200
SERIES_ITEMS = 120
_TEXTS = ("title_en", "summary", "summary_en")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedItem:
    """What lists say of a live item; `page` knows its key and address alone."""

    page: Page
    category: str
    kind: str
    fiscal_year: int | None
    texts: dict[str, str]
    unit: str
    unit_th: str
    unit_en: str
    publication: Publication
    review: Review | None = None

    @property
    def local_title(self) -> dict[str, str]:
        """Return the title in the reader's language, as `text` and `lang`."""
        return self._localised("title")

    @property
    def local_summary(self) -> dict[str, str]:
        """Return the summary in the reader's language, as `text` and `lang`."""
        return self._localised("summary")

    @property
    def owning_unit(self) -> str:
        """Return the name of the owning unit in the reader's language."""
        return self.unit_en if _is_english() and self.unit_en else self.unit_th

    def _localised(self, name: str) -> dict[str, str]:
        english = self.texts[f"{name}_en"] if _is_english() else ""
        if english:
            return {"text": english, "lang": "en"}
        return {"text": self.texts[name], "lang": "th"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A fiscal year (Buddhist era) and its items by kind, in the policy's order."""

    fiscal_year: int
    cells: list[tuple[str, list[ListedItem]]]


def _is_english() -> bool:
    return (get_language() or "th").startswith("en")


def latest_items(*, category: str = "", limit: int) -> list[ListedItem]:
    """Return the live items of *category* (default: of all) that were published last."""
    models = _models(category)
    return listed(_open_publications(models).order_by("-at", "-pk")[:limit], models)


def public_addresses() -> list[tuple[str, datetime]]:
    """Return path in the tree and time of publication of every live item, in one query."""
    page = Page.objects.filter(pk=OuterRef("page_id"))
    rows = _open_publications(governed_models()).annotate(url_path=page.values("url_path")[:1])
    return list(rows.order_by("pk").values_list("url_path", "at"))


def open_publication(page_id: int) -> Publication | None:
    """Return the publication by which everybody may read the page now, or None."""
    found: Publication | None = (
        _open_publications(governed_models()).filter(page_id=page_id).first()
    )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """One page of a list, what its filters offer, and its table of fiscal years if it has one."""

    items: list[ListedItem]
    number: int
    count: int
    total: int
    per_page: int
    years: list[int]
    series: list[Series]

    @property
    def last(self) -> int:
        """Return the number of the last page, 1 for an empty list."""
        return max(1, -(-self.count // self.per_page))

    @property
    def newer(self) -> int | None:
        """Return the number of the page before this one, or None."""
        return self.number - 1 if self.number > 1 else None

    @property
    def older(self) -> int | None:
        """Return the number of the page after this one, or None."""
        return self.number + 1 if self.number < self.last else None


def list_page(
    category: str, *, unit: str = "", year: int | None = None, number: int = 1, per_page: int = 20
) -> ListPage:
    """
    Return one page of the live items of *category*, the latest first.

    Args:
        category: A category of the policy.
        unit: The code of an owning unit.
        year: A year of the common era in which the items were published; others are passed over.
        number: The number of the page, from 1; past the last, the last.
        per_page: How many items a page has.
    """
    models = _models(category)
    rows = _open_publications(models)
    chosen = _owned_by(models, unit) if unit else Q()
    first, last = _ends(rows)
    years = list(range(last.year, first.year - 1, -1)) if first and last else []
    if year in years:
        chosen &= Q(at__year=year)
    counts = rows.aggregate(total=Count("pk"), count=Count("pk", filter=chosen))
    page = ListPage(items=[], number=1, years=years, series=[], per_page=per_page, **counts)
    page = replace(page, number=min(max(number, 1), page.last))
    begin = (page.number - 1) * per_page
    with_series = not chosen and page.number == 1 and _has_series(models)
    end = max(per_page, SERIES_ITEMS) if with_series else begin + per_page
    items = listed(rows.filter(chosen).order_by("-at", "-pk")[begin:end], models)
    series = _series(items, category) if with_series else []
    return replace(page, items=items[:per_page], series=series)


def _ends(rows: Any) -> tuple[datetime | None, datetime | None]:
    ends = rows.aggregate(first=Min("at"), last=Max("at"))
    zone = office_timezone()
    return tuple(end.astimezone(zone) if end else None for end in (ends["first"], ends["last"]))


def latest_and_due(
    *, each: int, limit: int, on: date | None = None
) -> tuple[dict[str, list[ListedItem]], list[ListedItem]]:
    """
    Return the latest items of every category, and what has to be reviewed.

    Args:
        each: How many items a category shows at most.
        limit: How many due items are shown at most, the longest overdue first.
        on: The day on which they are due or nearly so; today if left out.
    """
    models = governed_models()
    rows = _open_publications(models)
    oldest = list(rows.order_by(Coalesce("attested_at", "at"), "pk")[:DUE_CANDIDATES])
    ranked = list(_latest_of_each_type(rows, each))
    both = {row.pk: row for row in [*ranked, *oldest]}
    items = {item.publication.pk: item for item in listed(both.values(), models, on=on)}
    latest: dict[str, list[ListedItem]] = {}
    for row in ranked:
        if row.pk in items:
            same = latest.setdefault(items[row.pk].category, [])
            same += [items[row.pk]] * (len(same) < each)
    due = [item for item in items.values() if item.review is not None and item.review.is_due]
    due.sort(key=lambda item: (_due_on(item), item.page.pk))
    return latest, due[:limit]


def _due_on(item: ListedItem) -> date:
    return (item.review.due_on if item.review else None) or date.max


def _latest_of_each_type(rows: Any, each: int) -> Any:
    page_type = Page.objects.filter(pk=OuterRef("page_id")).values("content_type")[:1]
    rank = Window(RowNumber(), partition_by=F("page_type"), order_by=[F("at").desc()])
    ranked = rows.annotate(page_type=Subquery(page_type)).annotate(rank=rank)
    return ranked.filter(rank__lte=each).order_by("-at", "-pk")


def units_of(category: str) -> list[tuple[str, str]]:
    """Return code and name of the units that own live items, by the Thai alphabet."""
    columns = ("owning_unit__code", "owning_unit__name_th", "owning_unit__name_en")
    querysets = [
        model._base_manager.filter(live=True).order_by().values_list(*columns)
        for model in _models(category)
    ]
    # Without `all` a union drops what is twice.
    rows = querysets[0].union(*querysets[1:]) if len(querysets) > 1 else querysets[0].distinct()
    ordered = sorted(rows, key=lambda row: thai_key(row[1]))
    return [
        (code, english if _is_english() and english else thai) for code, thai, english in ordered
    ]


def _has_series(models: Collection[type[DisclosurePageMixin]]) -> bool:
    return any(model.kind_field and model.fiscal_year_field for model in models)


def _series(items: list[ListedItem], category: str) -> list[Series]:
    """Return the items that name a kind and a fiscal year as a table, the latest year first."""
    kinds = [one.code for one in current_policy().kinds.values() if one.category == category]
    years = sorted({item.fiscal_year for item in items if item.fiscal_year and item.kind})
    return [
        Series(
            fiscal_year=year,
            cells=[
                (kind, [one for one in items if (one.fiscal_year, one.kind) == (year, kind)])
                for kind in kinds
            ],
        )
        for year in reversed(years)
    ]


def listed(
    publications: Iterable[Publication],
    models: Collection[type[DisclosurePageMixin]],
    *,
    on: date | None = None,
) -> list[ListedItem]:
    """Return what lists say of the items that *publications* made live, in their order."""
    rows = list(publications)
    if not rows:
        return []
    today = on or office_day()
    keys = [row.page_id for row in rows]
    values = _all_of([_columns(model, keys) for model in models])
    by_key = {value[0]: value for value in values}
    places = {key: _place(value) for key, value in by_key.items()}
    ends = [place.period.last for place in places.values() if place.period]
    known = _Known(
        today=today,
        holidays=Holidays(min(*(office_day(row.at) for row in rows), today, *ends)),
        series=LiveSeries(),
        places=places,
    )
    return [_listed(by_key[row.page_id], row, known) for row in rows if row.page_id in by_key]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the reviews of all items of a list follow from."""

    today: date
    holidays: Holidays
    series: LiveSeries
    places: dict[int, Place]


def _place(value: tuple[Any, ...]) -> Place:
    _key, _path, unit, _th, _en, category, _kind, fiscal_year, month, series, *_rest = value
    return Place(series=(category, series, unit), period=period_of(fiscal_year, month))


def _listed(value: tuple[Any, ...], publication: Publication, known: _Known) -> ListedItem:
    key, url_path, unit, unit_th, unit_en, category, kind, fiscal_year, _month, _series = value[:10]
    until, *texts = value[10:]
    place = known.places[key]
    facts = ReviewFacts(
        category=category,
        kind=kind,
        reviewed_at=publication.reviewed_at,
        covers_until=place.period.last if place.period else None,
        followed_by=known.series.follower(place),
        holder_until=until,
    )
    return ListedItem(
        page=Page(pk=key, url_path=url_path, title=texts[0]),
        category=category,
        kind=kind,
        fiscal_year=fiscal_year,
        texts=dict(zip(("title", *_TEXTS), texts, strict=True)),
        unit=unit,
        unit_th=unit_th,
        unit_en=unit_en,
        publication=publication,
        review=review_of(facts, on=known.today, holidays=known.holidays),
    )


def _columns(model: type[DisclosurePageMixin], keys: list[int]) -> Any:
    names = {found.name for found in model._meta.get_fields()}
    text, number, day = CharField(), IntegerField(), DateField()
    until = Min(f"{model.post_field}__until_on") if model.post_field else Value(None)
    # A bare NULL has no type, which a union on PostgreSQL asks for.
    return (
        model._base_manager.filter(pk__in=keys)
        .order_by()
        .values_list(
            "pk",
            "url_path",
            "owning_unit__code",
            "owning_unit__name_th",
            "owning_unit__name_en",
            Value(model.disclosure_category, text),
            Cast(model.listed_kind(), text),
            Cast(model.listed_year(), number),
            Cast(model.listed_month(), number),
            Cast(model.listed_series(), text),
            Cast(until, day),
            "title",
            *(Cast(F(name), text) if name in names else Value("", text) for name in _TEXTS),
        )
    )


def _all_of(querysets: list[Any]) -> Any:
    return querysets[0].union(*querysets[1:], all=True) if querysets else []


def _models(category: str) -> list[type[DisclosurePageMixin]]:
    return [model for model in governed_models() if category in ("", model.disclosure_category)]


def _open_publications(models: Collection[type[DisclosurePageMixin]]) -> Any:
    if not models:
        return Publication.objects.none()
    public = readable_pages().type(*models)
    return Publication.objects.filter(ended_at=None, page_id__in=public.order_by().values("pk"))


def _owned_by(models: Collection[type[DisclosurePageMixin]], unit: str) -> Q:
    owned = Q(pk__in=[])
    for model in models:
        keys = model._base_manager.filter(owning_unit__code=unit).order_by().values("pk")
        owned |= Q(page_id__in=keys)
    return owned
