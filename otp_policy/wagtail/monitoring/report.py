"""The report: items by division, category and state, as a list and as rows to give away."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from otp_policy import QuestionError
from otp_policy.freshness import FreshnessState
from otp_policy.procurement.tables import TableColumn
from otp_policy.wagtail.conf import current_policy
from otp_policy.wagtail.models import Unit
from otp_policy.wagtail.models.choices import label_of

from .models import DueItem
from .standing import by_urgency, in_state, of_state
from .words import state_label

__all__ = ["COLUMNS", "Filters", "ReportRow", "chosen", "columns", "count_of", "rows_of"]

_ROWS_AT_ONCE = 2000
# Code and heading of each column, with its width in a workbook.
COLUMNS = {
    "id": (_("Number"), 8),
    "title": (_("Title"), 48),
    "category": (_("Category"), 26),
    "kind": (_("Kind"), 26),
    "unit": (_("Owner"), 30),
    "state": (_("State"), 18),
    "first_published_on": (_("First published"), 16),
    "last_reviewed_on": (_("Last reviewed"), 16),
    "due_on": (_("Due"), 16),
    "days_overdue": (_("Days overdue"), 12),
    "clause": (_("Clause"), 14),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What narrows the report; what is no such unit, category or state narrows nothing."""

    unit: Unit | None = None
    category: str = ""
    state: FreshnessState | None = None

    @classmethod
    def of(cls, asked: Mapping[str, str], units: Iterable[Unit]) -> "Filters":
        """Return the filters that an address names."""
        states = {str(state): state for state in FreshnessState}
        category = asked.get("category", "")
        return cls(
            unit={unit.code: unit for unit in units}.get(asked.get("unit", "")),
            category=category if category in current_policy().categories else "",
            state=states.get(asked.get("state", "")),
        )

    def as_query(self) -> dict[str, str]:
        """Return them as an address names them."""
        unit = self.unit.code if self.unit else ""
        return {"unit": unit, "category": self.category, "state": str(self.state or "")}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """One item of the report; `days_overdue` is 0 where it is in time."""

    item: DueItem
    title: str
    state: FreshnessState
    days_overdue: int
    clause: str

    @property
    def state_label(self) -> str:
        return state_label(self.state)

    def values(self) -> list[Any]:
        """Return the values of `COLUMNS`, in words."""
        item = self.item
        return [
            item.pk,
            self.title,
            label_of("categories", item.category),
            label_of("kinds", item.kind) if item.kind else "",
            str(item.unit),
            self.state_label,
            item.first_published_on,
            item.last_reviewed_on,
            item.due_on,
            self.days_overdue or None,
            self.clause,
        ]


def chosen(filters: Filters, on: date, *, with_state: bool = True) -> QuerySet[DueItem]:
    """Return the items that *filters* leave."""
    wanted = Q()
    if filters.unit is not None:
        wanted &= Q(unit=filters.unit)
    if filters.category:
        wanted &= Q(category=filters.category)
    if filters.state is not None and with_state:
        wanted &= of_state(filters.state, on)
    return DueItem.objects.filter(wanted)


def count_of(counts: Mapping[FreshnessState, int], state: FreshnessState | None) -> int:
    """Return how many items there are in *state*, or at all, by what was counted already."""
    return counts[state] if state else sum(counts.values())


def rows_of(
    items: QuerySet[DueItem], on: date, *, begin: int = 0, end: int | None = None
) -> Iterator[ReportRow]:
    """Yield the rows from *begin* to *end*, what was due first at the head: one query."""
    titles = Page.objects.filter(pk=OuterRef("pk")).values("draft_title")[:1]
    found = by_urgency(items).select_related("unit")[begin:end]
    # Only of those rows that are shown: the rest is counted and passed over.
    shown = found.annotate(title=Subquery(titles), state=in_state(on))
    for item in shown.iterator(_ROWS_AT_ONCE):
        late = (on - item.due_on).days if item.due_on else 0
        yield ReportRow(
            item=item,
            title=item.title or str(item.pk),
            state=FreshnessState(item.state),
            days_overdue=max(0, late),
            clause=clause_of(item, on),
        )


def clause_of(item: DueItem, on: date) -> str:
    """Return the clause of the duty that holds for the item, "" where the policy has none."""
    try:
        return current_policy().duty(item.category, item.kind, on=on).clause
    except QuestionError:
        return ""


def columns() -> list[TableColumn]:
    """Return the columns as the writer of workbooks takes them."""
    return [TableColumn(heading=str(name), width=width) for name, width in COLUMNS.values()]
