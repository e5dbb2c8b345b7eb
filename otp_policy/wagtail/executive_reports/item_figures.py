"""
What happened to the items in a period, in a constant number of queries however many there are.

Division and category are those that an item has when it is counted; once a report is submitted,
they are frozen with it.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db.models import QuerySet, Value

from otp_policy.reporting import FiscalPeriod
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.models import Contribution, Publication, Withdrawal, governed_models
from otp_policy.wagtail.models.evidence import Approval

from .periods import Bounds, bounds
from .tallies import Tallies

__all__ = ["count_items"]

_ROWS_AT_ONCE = 5000
NOWHERE = ("", "")
# An item that was taken over as it stood was not updated by that.
_NO_UPDATE = frozenset({Approval.Kind.BASELINE.value})


def count_items(period: FiscalPeriod, *, on: date) -> Tallies:
    """
    Count what happened to the items in *period*, as it is known on the day *on*.

    Five queries: the items, their publications, who wrote when, what else happened to them, and
    which reviews were missed.
    """
    within, places, tallies = bounds(period), _places(), Tallies()
    written = _written(within)
    for page_id, texts in _published(within):
        where = places.get(page_id, NOWHERE)
        _count_texts(tallies, texts, written.get(page_id, []), where, within, period)
    for page_id, what, at in _happened(within):
        quarter = period.quarter_of(office_day(at))
        tallies.add(what, places.get(page_id, NOWHERE), quarter)
    for page_id, due_on in _missed(within, on):
        tallies.add("missed", places.get(page_id, NOWHERE), period.quarter_of(due_on))
    return tallies


def _places() -> dict[int, tuple[str, str]]:
    """Return division and category of every item under the policy: one query for all types."""
    parts = [
        model._base_manager.order_by().values_list(
            "pk", "owning_unit__code", Value(str(model.disclosure_category))
        )
        for model in governed_models()
    ]
    if not parts:
        return {}
    # The order of a union is its first model's, by a column that is not read here.
    rows = parts[0].union(*parts[1:], all=True).order_by() if len(parts) > 1 else parts[0]
    return {
        page_id: (unit or "", category)
        for page_id, unit, category in rows.iterator(chunk_size=_ROWS_AT_ONCE)
    }


Text = tuple[datetime, datetime, str, bool | None]


def _published(within: Bounds) -> Iterator[tuple[int, list[Text]]]:
    """Yield each item with a publication in the period, with all of its own until then."""
    rows = Publication.objects.filter(page_id__in=_pages_of(within), at__lt=within.until)
    columns = ("at", "scheduled_at", "approval__kind", "approval__correction__is_material")
    found: dict[int, list[Text]] = defaultdict(list)
    ordered = rows.order_by("page_id", "at", "pk").values_list("page_id", *columns)
    for page_id, *text in ordered.iterator(chunk_size=_ROWS_AT_ONCE):
        found[page_id].append(tuple(text))
    yield from found.items()


def _pages_of(within: Bounds) -> QuerySet[Any]:
    rows = Publication.objects.filter(at__gte=within.since, at__lt=within.until)
    return rows.order_by().values("page_id")


def _written(within: Bounds) -> dict[int, list[datetime]]:
    """Return when each item that was published in the period was written at, in order."""
    rows = Contribution.objects.filter(page_id__in=_pages_of(within), at__lt=within.until)
    found: dict[int, list[datetime]] = defaultdict(list)
    ordered = rows.order_by("page_id", "at").values_list("page_id", "at")
    for page_id, at in ordered.iterator(chunk_size=_ROWS_AT_ONCE):
        found[page_id].append(at)
    return found


def _count_texts(
    tallies: Tallies,
    texts: Iterable[Text],
    written: list[datetime],
    where: tuple[str, str],
    within: Bounds,
    period: FiscalPeriod,
) -> None:
    before: datetime | None = None
    for at, agreed_at, kind, is_material in texts:
        if at >= within.since and kind not in _NO_UPDATE:
            quarter = period.quarter_of(office_day(at))
            tallies.add("updated" if before else "published", where, quarter)
            if is_material is not None:
                tallies.add("corrected", where, quarter)
            if is_material:
                tallies.add("material", where, quarter)
            late = max(0, _minutes(agreed_at, at))
            if late:
                tallies.add("late", where, quarter)
            tallies.took(where, quarter, draft=_draft_minutes(written, before, at), late=late)
        before = at


def _draft_minutes(written: list[datetime], before: datetime | None, at: datetime) -> int | None:
    """Return the minutes since the first draft after the text *before*, if one was noted."""
    first = bisect_right(written, before) if before else 0
    if first >= len(written) or written[first] > at:
        return None
    return _minutes(written[first], at)


def _minutes(begun: datetime, done: datetime) -> int:
    return int((done - begun).total_seconds() // 60)


def _happened(within: Bounds) -> Iterator[tuple[int, str, datetime]]:
    """Yield what else happened to items in the period, and when: one query."""
    span = (within.since, within.until)
    parts = [_rows(Withdrawal.objects.filter(state="approved"), "decided_at", "withdrawn", span)]
    if apps.is_installed("otp_policy.wagtail.monitoring"):
        attested = apps.get_model("otp_policy_monitoring", "Attestation").objects
        parts.append(_rows(attested.filter(state="approved"), "decided_at", "attested", span))
        told = apps.get_model("otp_policy_monitoring", "ErrorReport").objects
        parts.append(_rows(told.all(), "at", "reported", span))
    rows = parts[0].union(*parts[1:], all=True).order_by() if len(parts) > 1 else parts[0]
    yield from rows.iterator(chunk_size=_ROWS_AT_ONCE)


def _rows(rows: Any, at: str, what: str, span: tuple[datetime, datetime]) -> Any:
    within = rows.filter(**{f"{at}__gte": span[0], f"{at}__lt": span[1]})
    return within.order_by().values_list("page_id", Value(what), at)


def _missed(within: Bounds, on: date) -> Iterator[tuple[int, date]]:
    """
    Yield each review that was due in the period and not done by its day: one query.

    That it was overdue is known from the reminders after the due day, and of what still is, from
    the due day itself. What was made good before the first such reminder leaves no trace.
    """
    if not apps.is_installed("otp_policy.wagtail.monitoring"):
        return
    span = {"due_on__gte": within.first, "due_on__lte": within.last, "due_on__lt": on}
    reminded = apps.get_model("otp_policy_monitoring", "ReviewStage").objects
    overdue = apps.get_model("otp_policy_monitoring", "DueItem").objects
    were = reminded.filter(offset__gt=0, **span).order_by().values_list("page_id", "due_on")
    still = overdue.filter(**span).order_by().values_list("page_id", "due_on")
    yield from were.union(still).order_by().iterator(chunk_size=_ROWS_AT_ONCE)
