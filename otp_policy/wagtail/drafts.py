"""What lists say of many drafts at once, read in a constant number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet

from .models.office import Unit
from .urgency import urgent_pages

__all__ = ["DraftFacts", "category_of", "drafts_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFacts:
    """
    One governed item as its latest draft has it.

    `unit` is a code; `drafted_at` when the draft was last saved, or None where none was.
    """

    page_id: int
    title: str
    category: str
    unit: str
    unit_name: str
    owner_id: int | None
    latest_revision_id: int | None
    drafted_at: datetime | None
    is_live: bool
    has_unpublished_changes: bool
    is_urgent: bool


_COLUMNS = (
    "pk",
    "content_type_id",
    "draft_title",
    "owner_id",
    "latest_revision_id",
    "latest_revision_created_at",
    "live",
    "has_unpublished_changes",
    "latest_revision__content__owning_unit",
)


def drafts_of(pages: QuerySet) -> dict[int, DraftFacts]:
    """Return the drafts of those of *pages* that are under the policy, by the page's key."""
    # The draft's own unit counts, and not the live text's: the decision is on the draft.
    rows = [
        (row, category)
        for row in pages.values_list(*_COLUMNS)
        if (category := category_of(row[1])) is not None
    ]
    urgent = urgent_pages([row[0] for row, _category in rows])
    units = {unit.pk: unit for unit in Unit.objects.all()}
    undrafted = _units_of_undrafted(row for row, _category in rows)
    found = {}
    for row, category in rows:
        unit = units.get(undrafted.get(row[0], row[8]))
        found[row[0]] = DraftFacts(
            page_id=row[0],
            title=row[2],
            category=category,
            unit=unit.code if unit else "",
            unit_name=str(unit or ""),
            owner_id=row[3],
            latest_revision_id=row[4],
            drafted_at=row[5],
            is_live=row[6],
            has_unpublished_changes=row[7],
            is_urgent=row[0] in urgent,
        )
    return found


def category_of(content_type_id: int) -> str | None:
    """Return the category of a page type, or None for one that is not under the policy."""
    model = ContentType.objects.get_for_id(content_type_id).model_class()
    return getattr(model, "disclosure_category", None)


def _units_of_undrafted(rows: Iterable[Any]) -> dict[int, int]:
    """Return the units of pages without any draft, such as imported ones: one query per type."""
    keys: dict[int, list[int]] = {}
    for row in rows:
        if row[4] is None:
            keys.setdefault(row[1], []).append(row[0])
    units: dict[int, int] = {}
    for content_type_id, pks in keys.items():
        model = ContentType.objects.get_for_id(content_type_id).model_class()
        units.update(model._base_manager.filter(pk__in=pks).values_list("pk", "owning_unit_id"))
    return units
