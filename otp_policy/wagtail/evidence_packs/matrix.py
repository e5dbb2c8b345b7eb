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
from django.db.models import BooleanField, CharField, F, IntegerField, OuterRef, Subquery, Value
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

from .models import InstrumentRow, InstrumentYear

__all__ = ["MatrixRow", "ShownPage", "matrix_of", "one_row", "rows_of_years"]

SHOWN_PAGES = 5
_ROWS_AT_ONCE = 5000


class _Live(NamedTuple):
    """One live page as the union of all page types gives it."""

    page_id: int
    path: str
    url_path: str
    title: str
    category: str
    kind: str
    series: str
    names_its_item: bool
    year: int | None
    month: int | None
    says_nothing: bool
    first_published_on: date | None
    due_on: date | None


class _Choice(NamedTuple):
    """What was said when a page was chosen by hand."""

    explanation: str
    says_nothing: bool


_NO_CHOICE = _Choice("", False)


@dataclass(slots=True, kw_only=True)
class ShownPage:
    """One of the pages that answer a row best, or that fall short of it least."""

    page_id: int
    title: str
    url_path: str
    fact: PublishedAnswer
    shortcoming: Shortcoming | None
    explanation: str = ""

    @property
    def url(self) -> str:
        """Return the public address that channels name, whoever reads whatever language."""
        with translation.override(settings.LANGUAGE_CODE):
            url = Page(pk=self.page_id, url_path=self.url_path).get_url() or ""
        return url if url.startswith("http") or not url else f"{public_base_url()}{url}"

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


def rows_of_years(only: int | None = None) -> list[InstrumentRow]:
    """
    Return the rows of every year, with their year, once for each page chosen for them: one query.

    A form has some thirty rows, and an office a few years of it: reading them together costs less
    than asking first which years there are.

    Args:
        only: The key of the one row that is asked for; default: all.
    """
    rows = InstrumentRow.objects.select_related("instrument", "checked_by").annotate(
        page=F("chosen__page_id"),
        said=F("chosen__explanation"),
        none=F("chosen__says_nothing"),
    )
    rows = rows.order_by("-instrument__fiscal_year", "instrument", "position", "pk")
    return list(rows.filter(pk=only) if only else rows)


def matrix_of(
    instrument: InstrumentYear, rows: list[InstrumentRow], *, on: date
) -> list[MatrixRow]:
    """
    Return the rows of *instrument* with how each stands on the day *on*.

    Args:
        instrument: The year.
        rows: As `rows_of_years` gives them, those of other years among them or not.
        on: The day, in the office's time zone.
    """
    catch_up()
    year = period_of(instrument.fiscal_year)
    if year is None:
        return []
    found, chosen = _rows_and_choices(instrument, rows)
    _fill(found, chosen, year, on)
    for one in found:
        one.finish()
    return found


def one_row(row: InstrumentRow, *, on: date) -> MatrixRow:
    """Return how one row stands on the day *on*."""
    [found] = matrix_of(row.instrument, rows_of_years(row.pk), on=on)
    return found


_Choices = dict[tuple[int, int], _Choice]


def _rows_and_choices(
    instrument: InstrumentYear, rows: list[Any]
) -> tuple[list[MatrixRow], _Choices]:
    found: dict[int, MatrixRow] = {}
    chosen: _Choices = {}
    for row in rows:
        if row.instrument_id == instrument.pk:
            found.setdefault(row.pk, MatrixRow(row=row))
            if row.page is not None:
                chosen[row.pk, row.page] = _Choice(row.said, row.none)
    return list(found.values()), chosen


def _fill(found: list[MatrixRow], chosen: _Choices, year: Period, on: date) -> None:
    wanted, periods = _Wanted(found, chosen), _Periods()
    is_public = reach_of_everybody()
    for live in _live_pages():
        rows = wanted.rows_of(live)
        # Without a first day the monitoring knows it as a draft, or as withdrawn.
        if not rows or live.first_published_on is None or not is_public(live.path):
            continue
        for one in rows:
            choice = chosen.get((one.row.pk, live.page_id))
            fact = PublishedAnswer(
                first_published_on=live.first_published_on,
                covers=periods.of(live.year, live.month),
                due_on=live.due_on,
                says_nothing=bool(live.says_nothing or (choice and choice.says_nothing)),
                is_chosen=choice is not None,
            )
            wrong = shortcoming(AssessmentPeriod(one.row.period), fact, year=year, on=on)
            one.add(
                ShownPage(
                    page_id=live.page_id,
                    title=live.title,
                    url_path=live.url_path,
                    fact=fact,
                    shortcoming=wrong,
                    explanation=(choice or _NO_CHOICE).explanation,
                )
            )


class _Periods:
    """Periods by year and month, each reckoned once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int | None, int | None], Period | None] = {}

    def of(self, year: int | None, month: int | None) -> Period | None:
        key = (year, month)
        if key not in self._known:
            self._known[key] = period_of(year, month)
        return self._known[key]


class _Wanted:
    """Which rows a live page may answer."""

    def __init__(self, found: list[MatrixRow], chosen: _Choices) -> None:
        by_key = {one.row.pk: one for one in found}
        self._by_page: dict[int, list[MatrixRow]] = {}
        for row_id, page_id in chosen:
            self._by_page.setdefault(page_id, []).append(by_key[row_id])
        with_choice = {row_id for row_id, _page_id in chosen}
        self._by_category: dict[str, list[MatrixRow]] = {}
        for one in found:
            for category in one.row.categories if one.row.pk not in with_choice else ():
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


def _live_pages() -> Iterator[_Live]:
    models = governed_models()
    if not models:
        return
    first, *others = [_rows(model) for model in models]
    rows = first.union(*others, all=True).order_by() if others else first
    yield from map(_Live._make, rows.iterator(_ROWS_AT_ONCE))


def _rows(model: Any) -> Any:
    text, number, truth = CharField(), IntegerField(), BooleanField()
    # What the monitoring knows of it; a page that was never public has a row without days.
    known = DueItem.objects.filter(pk=OuterRef("pk"), last_reviewed_on__isnull=False)
    return (
        model._base_manager.filter(live=True)
        .order_by()
        .values_list(
            "pk",
            "path",
            "url_path",
            "title",
            Value(model.disclosure_category, text),
            Cast(model.listed_kind(), text),
            Cast(model.listed_series(), text),
            Cast(Value(bool(model.series_field)), truth),
            Cast(model.listed_year(), number),
            Cast(model.listed_month(), number),
            Cast(model.listed_nothing(), truth),
            Subquery(known.values("first_published_on")[:1]),
            Subquery(known.values("due_on")[:1]),
        )
    )
