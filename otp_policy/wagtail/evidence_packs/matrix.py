"""
How the office stands on every row of an instrument: a fixed number of queries, however many items.

What answers a row is derived from category and kind, or from the code that a page itself names;
pages that were chosen by hand take the place of what is derived.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import BooleanField, CharField, IntegerField, Value
from django.db.models.functions import Cast
from django.utils import translation
from wagtail.models import Page

from otp_policy.assessing import Answer, PublishedAnswer, Shortcoming, shortcoming
from otp_policy.freshness import Period
from otp_policy.instruments import AssessmentPeriod
from otp_policy.wagtail.conf import period_of, public_base_url
from otp_policy.wagtail.models import governed_models
from otp_policy.wagtail.monitoring.models import DueItem
from otp_policy.wagtail.monitoring.reckoning import catch_up
from otp_policy.wagtail.readable import reach_of_everybody

from .models import ChosenPage, InstrumentRow, InstrumentYear

__all__ = ["MatrixRow", "ShownPage", "matrix_of"]

SHOWN_PAGES = 5
_ROWS_AT_ONCE = 5000


class _Live(NamedTuple):
    """One live page as the union of all page types gives it."""

    page_id: int
    path: str
    category: str
    kind: str
    series: str
    names_its_item: bool
    year: int | None
    month: int | None
    says_nothing: bool


@dataclass(slots=True, kw_only=True)
class ShownPage:
    """One of the pages that answer a row best, or that fall short of it least."""

    page_id: int
    fact: PublishedAnswer
    shortcoming: Shortcoming | None
    explanation: str = ""
    title: str = ""
    url: str = ""

    @property
    def rank(self) -> tuple[Any, ...]:
        """Return what is compared: the greatest is the best answer."""
        covers = self.fact.covers.last if self.fact.covers else date.min
        is_good = self.shortcoming is None
        says = not self.fact.says_nothing
        return is_good, says, covers, self.fact.first_published_on, self.page_id


@dataclass(slots=True, kw_only=True)
class MatrixRow:
    """A row of the instrument with how it stands, how many pages answer it, and the best few."""

    row: InstrumentRow
    answer: Answer = Answer.HAVE_NOT
    good: int = 0
    short: int = 0
    pages: list[ShownPage] = field(default_factory=list)
    says_something: bool = False

    @property
    def best(self) -> ShownPage | None:
        """Return the page whose address is given, or None where nothing is public."""
        return self.pages[0] if self.pages else None

    @property
    def url(self) -> str:
        """Return the address for the form; none where there is nothing to show."""
        return self.best.url if self.best else ""

    @property
    def explanation(self) -> str:
        """Return the row's own explanation, and that of the page that was chosen for it."""
        chosen = self.best.explanation if self.best else ""
        return "\n".join(part for part in (self.row.explanation, chosen) if part)

    def add(self, page: ShownPage) -> None:
        """Count a page, and keep it if it is among the best."""
        self.good += page.shortcoming is None
        self.short += page.shortcoming is not None
        if page.shortcoming is None and not page.fact.says_nothing:
            self.says_something = True
        self.pages.append(page)
        if len(self.pages) > 4 * SHOWN_PAGES:
            self._keep_best()

    def finish(self) -> None:
        """Settle how the row stands."""
        self._keep_best()
        if self.good:
            self.answer = Answer.HAVE if self.says_something else Answer.NOTHING_TO_REPORT
        elif self.short:
            self.answer = Answer.STALE

    def _keep_best(self) -> None:
        self.pages = sorted(self.pages, key=lambda page: page.rank, reverse=True)[:SHOWN_PAGES]


def matrix_of(instrument: InstrumentYear, *, on: date, only: int | None = None) -> list[MatrixRow]:
    """
    Return every row of *instrument* with how it stands on the day *on*.

    Args:
        instrument: The year.
        on: The day, in the office's time zone.
        only: The key of the one row that is asked for; default: all.
    """
    catch_up()
    year = period_of(instrument.fiscal_year)
    if year is None:
        return []
    rows = instrument.rows.select_related("checked_by")
    found = [MatrixRow(row=row) for row in (rows.filter(pk=only) if only else rows)]
    for row in found:
        row.row.instrument = instrument
    _fill(found, year, on)
    for one in found:
        one.finish()
    _name_pages(found)
    return found


def _fill(found: list[MatrixRow], year: Period, on: date) -> None:
    chosen = _chosen([one.row.pk for one in found])
    wanted = _Wanted(found, chosen)
    facts = _published_facts()
    is_public = reach_of_everybody()
    periods: dict[tuple[int | None, int | None], Period | None] = {}
    for live in _live_pages():
        rows = wanted.rows_of(live)
        if not rows or live.page_id not in facts or not is_public(live.path):
            continue
        key = (live.year, live.month)
        if key not in periods:
            periods[key] = period_of(live.year, live.month)
        first, due = facts[live.page_id]
        for row in rows:
            choice = chosen.get((row.row.pk, live.page_id))
            fact = PublishedAnswer(
                first_published_on=first,
                covers=periods[key],
                due_on=due,
                says_nothing=bool(live.says_nothing or (choice and choice.says_nothing)),
                is_chosen=choice is not None,
            )
            wrong = shortcoming(AssessmentPeriod(row.row.period), fact, year=year, on=on)
            said = choice.explanation if choice else ""
            row.add(ShownPage(page_id=live.page_id, fact=fact, shortcoming=wrong, explanation=said))


class _Wanted:
    """Which rows a live page may answer."""

    def __init__(self, found: list[MatrixRow], chosen: dict[tuple[int, int], ChosenPage]) -> None:
        by_key = {one.row.pk: one for one in found}
        self._by_page: dict[int, list[MatrixRow]] = {}
        for row_id, page_id in chosen:
            self._by_page.setdefault(page_id, []).append(by_key[row_id])
        with_choice = {row_id for row_id, _page_id in chosen}
        derived = [one for one in found if one.row.pk not in with_choice]
        self._by_category: dict[str, list[MatrixRow]] = {}
        for one in derived:
            for category in one.row.categories:
                self._by_category.setdefault(category, []).append(one)

    def rows_of(self, live: _Live) -> list[MatrixRow]:
        derived = [
            one for one in self._by_category.get(live.category, ()) if _is_answered(one.row, live)
        ]
        return [*self._by_page.get(live.page_id, ()), *derived]


def _is_answered(row: InstrumentRow, live: _Live) -> bool:
    if live.names_its_item:
        return live.series == row.code
    return not row.kinds or live.kind in row.kinds


def _chosen(row_ids: list[int]) -> dict[tuple[int, int], ChosenPage]:
    rows = ChosenPage.objects.filter(row__in=row_ids)
    return {(row.row_id, row.page_id): row for row in rows}


def _published_facts() -> dict[int, tuple[date, date | None]]:
    """Return of each page that is public when first it was, and when its review is due."""
    rows = DueItem.objects.filter(last_reviewed_on__isnull=False).order_by()
    columns = rows.values_list("page_id", "first_published_on", "due_on")
    return {page_id: (first, due) for page_id, first, due in columns.iterator(_ROWS_AT_ONCE)}


def _live_pages() -> Iterator[_Live]:
    models = governed_models()
    if not models:
        return
    first, *others = [_rows(model) for model in models]
    rows = first.union(*others, all=True) if others else first
    yield from map(_Live._make, rows.iterator(_ROWS_AT_ONCE))


def _rows(model: Any) -> Any:
    text, number, truth = CharField(), IntegerField(), BooleanField()
    return (
        model._base_manager.filter(live=True)
        .order_by()
        .values_list(
            "pk",
            "path",
            Value(model.disclosure_category, text),
            Cast(model.listed_kind(), text),
            Cast(model.listed_series(), text),
            Cast(Value(bool(model.series_field)), truth),
            Cast(model.listed_year(), number),
            Cast(model.listed_month(), number),
            Cast(model.listed_nothing(), truth),
        )
    )


def _name_pages(found: list[MatrixRow]) -> None:
    """Give the pages that are shown their titles and public addresses: one query for all."""
    shown = [page for one in found for page in one.pages]
    keys = {page.page_id for page in shown}
    pages = Page.objects.only("pk", "url_path", "title", "locale").in_bulk(keys)
    for page in shown:
        page.title = pages[page.page_id].title
        page.url = _address(pages[page.page_id])


def _address(page: Any) -> str:
    # The address that channels name, whoever reads whatever language.
    with translation.override(settings.LANGUAGE_CODE):
        url = page.get_url() or ""
    return url if url.startswith("http") or not url else f"{public_base_url()}{url}"
