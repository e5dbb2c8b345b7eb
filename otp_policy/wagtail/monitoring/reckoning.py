"""
Keeps the due days right (annex 2.1): by the ledger, by the calendar, and by the policy in force.

Whatever changes when an item is due leaves a row in the ledger (a publication, an attestation, a
withdrawal, another holder of a post), or changes the grounds for all of them. So the ledger is
read on from where it was read last, and no publication costs a query more. Whoever shows due days
calls `catch_up` first: two small queries where nothing has happened.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import TypeVar

from django.db import transaction
from django.db.models import CharField, Q, Subquery, Value
from django.db.models.functions import Cast
from wagtail.models import Page, Site

from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.due import Holidays, review_of
from otp_policy.wagtail.live_series import LiveSeries
from otp_policy.wagtail.models import (
    DisclosurePageMixin,
    Holiday,
    LedgerEntry,
    LedgerHead,
    governed_models,
)
from otp_policy.wagtail.readable import closed_sections

from .models import DueItem, Reckoned
from .reading import (
    Standing,
    facts_among,
    pages_with_holders,
    standings_of,
    types_of,
    youngest_page,
)

__all__ = ["catch_up", "differences", "rebuild", "refresh"]

Row = TypeVar("Row")
_BATCH = 1000
# Two who add pages at once may commit the younger key first.
_LOOK_BACK = 100
_COLUMNS = [field.name for field in DueItem._meta.concrete_fields if not field.primary_key]
# What stands in the ledger when somebody gets a post, or leaves it.
_OFFICE = "change_office"


def catch_up(on: date | None = None) -> int:
    """Bring the due days up to what has happened until now; return how many rows were written."""
    on = on or office_day()
    grounds = _grounds(on)
    if not _is_behind(_mark(), on, grounds):
        return 0
    with transaction.atomic():
        mark = Reckoned.objects.select_for_update().first()
        if mark is None or mark.grounds != grounds:
            return rebuild(on=on)
        seq, page_id = _last_row(), youngest_page()
        written = refresh(_touched(mark, on), on=on)
        Reckoned.objects.filter(pk=mark.pk).update(seq=seq, page_id=page_id, on=on)
        return written


@transaction.atomic
def rebuild(on: date | None = None) -> int:
    """Reckon every item anew, and return how many rows there are."""
    on = on or office_day()
    seq, page_id = _last_row(), youngest_page()
    DueItem.objects.all().delete()
    written = 0
    for rows in _batches(_all_items(on)):
        DueItem.objects.bulk_create(rows)
        written += len(rows)
    at = {"seq": seq, "page_id": page_id, "on": on, "grounds": _grounds(on)}
    Reckoned.objects.update_or_create(pk=1, defaults=at)
    return written


@transaction.atomic
def refresh(page_ids: Iterable[int], *, on: date | None = None) -> int:
    """Reckon these items anew, with all that share a series with them; return how many rows."""
    on, wanted = on or office_day(), set(page_ids)
    written = 0
    for some in _batches(sorted(wanted)):
        written += _refresh(set(some), on)
    return written


def differences(on: date | None = None) -> Iterator[tuple[int, DueItem | None, DueItem | None]]:
    """Yield page, stored row and right row of each item whose stored row is not the right one."""
    on = on or office_day()
    stored = {row.pk: row for row in DueItem.objects.order_by("pk")}
    for right in _all_items(on):
        found = stored.pop(right.pk, None)
        if found is None or any(
            getattr(found, name) != getattr(right, name) for name in _ATTRIBUTES
        ):
            yield right.pk, found, right
    for key, row in stored.items():
        yield key, row, None


_ATTRIBUTES = [field.attname for field in DueItem._meta.concrete_fields]


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rows = iter(rows)
    while some := list(islice(rows, _BATCH)):
        yield some


def _is_behind(mark: Reckoned | None, on: date, grounds: str) -> bool:
    if mark is None or (mark.on, mark.grounds) != (on, grounds):
        return True
    return (mark.seq, mark.page_id) != (mark.last_row or 0, mark.last_page or 0)


def _mark() -> Reckoned | None:
    """Return up to where was read, with the last row of the ledger and the youngest page."""
    heads = LedgerHead.objects.values("seq")[:1]
    pages = Page.objects.order_by("-pk").values("pk")[:1]
    found: Reckoned | None = Reckoned.objects.annotate(
        last_row=Subquery(heads), last_page=Subquery(pages)
    ).first()
    return found


def _last_row() -> int:
    return LedgerHead.objects.values_list("seq", flat=True).first() or 0


def _touched(mark: Reckoned, on: date) -> set[int]:
    """Return the pages of which something may have changed since *mark*."""
    entries = LedgerEntry.objects.filter(seq__gt=mark.seq).order_by()
    found = entries.filter(Q(page_id__isnull=False) | Q(action=_OFFICE))
    told = set(found.values_list("page_id", "action").distinct())
    keys = {page_id for page_id, _action in told if page_id is not None}
    if mark.on != on or any(action == _OFFICE for _key, action in told):
        keys.update(pages_with_holders())
    since = mark.page_id - _LOOK_BACK
    known = DueItem.objects.filter(page_id__gt=since)
    for model in governed_models():
        young = model._base_manager.filter(pk__gt=since).exclude(pk__in=known.values("page_id"))
        keys.update(young.order_by().values_list("pk", flat=True))
    return keys


def _refresh(page_ids: set[int], on: date) -> int:
    found = _standings(types_of(page_ids))
    stored = DueItem.objects.filter(pk__in=page_ids).values_list("category", "series", "unit_id")
    places = {place for place in stored if place[1]}
    places |= {_place(one) for one in found if one.place.is_in_series}
    beside = _of_series(places) - page_ids
    found += _standings(types_of(beside)) if beside else []
    series = LiveSeries(among=page_ids | beside)
    rows = _rows(found, on, series)
    DueItem.objects.filter(pk__in=page_ids - {row.pk for row in rows}).delete()
    DueItem.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["page_id"], update_fields=_COLUMNS
    )
    return len(rows)


def _of_series(places: Collection[tuple[str, str, int]]) -> set[int]:
    wanted = Q(pk__in=[])
    for category, series, unit in places:
        wanted |= Q(category=category, series=series, unit=unit)
    return set(DueItem.objects.filter(wanted).values_list("pk", flat=True)) if places else set()


def _place(standing: Standing) -> tuple[str, str, int]:
    return standing.category, standing.place.series[1], standing.unit_id


def _standings(pages: dict[type[DisclosurePageMixin], list[int]]) -> list[Standing]:
    return [one for model, keys in pages.items() for one in standings_of(model, keys)]


def _all_items(on: date) -> Iterator[DueItem]:
    series = LiveSeries()
    for model in governed_models():
        keys = model._base_manager.order_by("pk").values_list("pk", flat=True)
        for some in _batches(keys):
            yield from _rows(list(standings_of(model, some)), on, series)


def _rows(standings: Collection[Standing], on: date, series: LiveSeries) -> list[DueItem]:
    days = [office_day(one.reviewed_at) for one in standings if one.reviewed_at]
    ends = [one.place.period.last for one in standings if one.place.period]
    holidays = Holidays(min([*days, *ends, on]))
    return [_row(one, on, series, holidays) for one in standings]


def _row(standing: Standing, on: date, series: LiveSeries, holidays: Holidays) -> DueItem:
    review = review_of(facts_among(standing, series), on=on, holidays=holidays)
    first, reviewed = standing.first_published_at, standing.reviewed_at
    return DueItem(
        page_id=standing.page_id,
        category=standing.category,
        # A page type may name a kind that this office's policy has no interval for.
        kind=standing.kind if standing.kind in current_policy().kinds else "",
        unit_id=standing.unit_id,
        series=standing.place.series[1],
        first_published_on=office_day(first) if first else None,
        last_reviewed_on=office_day(reviewed) if reviewed else None,
        due_soon_on=review.due_soon_on if review else None,
        due_on=review.due_on if review else None,
    )


def _grounds(on: date) -> str:
    """Return a word for all that is the same for every item: another one asks for a rebuild."""
    policy = current_policy()
    said = (
        policy.is_in_force(on),
        [duty for duty in policy.document.duty if duty.holds(on)],
        [calendar for calendar in policy.document.calendar if calendar.holds(on)],
        sorted(_days_and_sections()),
    )
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _days_and_sections() -> Iterable[tuple[str, str]]:
    """Return the holidays, the sections that are closed, and the roots of sites, in one query."""
    text = CharField()
    holidays = Holiday.objects.order_by().values_list(Value("off", text), Cast("on", text))
    closed = closed_sections().order_by().values_list(Value("closed", text), "page__path")
    roots = Site.objects.order_by().values_list(Value("root", text), "root_page__path")
    # The order of the union is its first model's again, by a column that is not read here.
    return holidays.union(closed, roots, all=True).order_by()
