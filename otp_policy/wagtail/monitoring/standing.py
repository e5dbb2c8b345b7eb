"""
How everything stands on a day, counted by the database: by division, category and kind.

The day after the due day an item is overdue, that day included; see `otp_policy.freshness`. Whoever
asks catches up first, so that what is counted is what the policy's rule says now.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Case, Count, F, Q, QuerySet, Value, When

from otp_policy.freshness import FreshnessState
from otp_policy.wagtail.conf import current_policy
from otp_policy.wagtail.models import Unit

from .models import DueItem

__all__ = [
    "Cell",
    "Gap",
    "gaps",
    "in_state",
    "matrix",
    "of_state",
    "overdue_by_category",
    "total",
    "totals",
]


def of_state(state: FreshnessState, on: date) -> Q:
    """Return the condition that an item stands so on the day *on*."""
    published, due = Q(last_reviewed_on__isnull=False), Q(due_on__isnull=False)
    conditions = {
        FreshnessState.MISSING: ~published,
        FreshnessState.OVERDUE: Q(due_on__lt=on),
        FreshnessState.DUE_SOON: Q(due_on__gte=on, due_soon_on__lte=on),
        FreshnessState.CURRENT: published & (~due | Q(due_soon_on__gt=on)),
    }
    return conditions[state]


def in_state(on: date) -> Case:
    """Return how an item stands on the day *on*, as an expression."""
    return Case(
        *(When(of_state(state, on), then=Value(str(state))) for state in FreshnessState),
        default=Value(str(FreshnessState.CURRENT)),
    )


def overdue_by_category(on: date) -> dict[str, int]:
    """Return how many items are overdue in each category of the policy, 0 included: one query."""
    rows = DueItem.objects.filter(of_state(FreshnessState.OVERDUE, on)).order_by()
    # Rows are counted, not keys: an index has all that is asked.
    found = dict(rows.values_list("category").annotate(count=Count("*")))
    return {code: found.get(code, 0) for code in current_policy().categories} | found


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """How many items of a division, category and kind stand how."""

    unit_id: int
    category: str
    kind: str
    counts: dict[FreshnessState, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(self.counts.values())


def matrix(rows: QuerySet[DueItem], on: date) -> list[Cell]:
    """Return the counts of *rows* by division, category and kind: one query, however many."""
    counts = {
        "items": Count("*"),
        "reviewed": Count("last_reviewed_on"),
        "soon": Count("unit", filter=Q(due_soon_on__lte=on)),
        "late": Count("unit", filter=Q(due_on__lt=on)),
    }
    counted = rows.order_by().values("unit_id", "category", "kind").annotate(**counts)
    return [
        Cell(
            unit_id=row["unit_id"],
            category=row["category"],
            kind=row["kind"],
            counts=_states(row["items"], row["reviewed"], row["soon"], row["late"]),
        )
        for row in counted
    ]


def totals(on: date) -> dict[FreshnessState, int]:
    """Return how many items of the whole office stand how: one query, each count by an index."""
    table = connection.ops.quote_name(DueItem._meta.db_table)
    conditions = ("", "last_reviewed_on IS NOT NULL", "due_soon_on <= %s", "due_on < %s")
    counts = ", ".join(
        f"(SELECT COUNT(*) FROM {table}{f' WHERE {condition}' if condition else ''})"
        for condition in conditions
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}", [on, on])
        items, reviewed, soon, late = cursor.fetchone()
    return _states(items, reviewed, soon, late)


def _states(items: int, reviewed: int, soon: int, late: int) -> dict[FreshnessState, int]:
    """
    Return how many stand how, by four counts, each of which an index answers alone.

    What was never reviewed has no due day, and no due day lies before the day from which it is
    soon.
    """
    return {
        FreshnessState.MISSING: items - reviewed,
        FreshnessState.CURRENT: reviewed - soon,
        FreshnessState.DUE_SOON: soon - late,
        FreshnessState.OVERDUE: late,
    }


def total(cells: Iterable[Cell]) -> dict[FreshnessState, int]:
    """Return how many items of these cells stand how."""
    cells = list(cells)
    return {state: sum(cell.counts[state] for cell in cells) for state in FreshnessState}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A category, or a kind with a duty of its own, of which nothing is public."""

    category: str
    kind: str
    clause: str


def gaps(cells: Iterable[Cell], on: date) -> list[Gap]:
    """Return what the policy has a duty for and the public finds nothing of; no query."""
    policy = current_policy()
    live = [cell for cell in cells if cell.count > cell.counts[FreshnessState.MISSING]]
    there = {(cell.category, kind) for cell in live for kind in ("", cell.kind)}
    return [
        Gap(category=duty.category, kind=duty.kind, clause=duty.clause)
        for duty in policy.document.duty
        if duty.holds(on) and (duty.category, duty.kind) not in there and policy.is_in_force(on)
    ]


def units_by_key() -> dict[int, Unit]:
    """Return all units of the office."""
    return {unit.pk: unit for unit in Unit.objects.all()}


def by_urgency(rows: QuerySet[DueItem]) -> Any:
    """Return *rows* with what was due first at the head, and what has no due day at the end."""
    return rows.order_by(F("due_on").asc(nulls_last=True), "page_id")
