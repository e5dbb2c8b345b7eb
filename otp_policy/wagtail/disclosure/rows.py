"""The index as data: one flat row for each item, with the same names in JSON, CSV and the API."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from otp_policy.wagtail.models.choices import label_of

from .items import DisclosedItem

__all__ = ["COLUMNS", "harmless_cell", "row_of", "to_csv"]

COLUMNS = (
    "id",
    "category",
    "kind",
    "title",
    "title_en",
    "unit",
    "unit_name",
    "unit_name_en",
    "url",
    "url_en",
    "digest",
    "first_published_on",
    "published_at",
    "last_reviewed_on",
    "due_on",
    "state",
    "clause",
    "followed_by",
)
# What a spreadsheet would run as a formula when somebody opens the file.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def row_of(item: DisclosedItem) -> dict[str, Any]:
    """Return one item as plain values: days and instants in ISO 8601, `due_on` perhaps None."""
    due_on = item.freshness.due_on
    return {
        "id": item.id,
        "category": item.category,
        "kind": item.kind,
        "title": item.title,
        "title_en": item.title_en,
        "unit": item.unit.code,
        "unit_name": item.unit.name_th,
        "unit_name_en": item.unit.name_en,
        "url": item.url,
        "url_en": item.url_en,
        "digest": item.digest,
        "first_published_on": item.first_published_on.isoformat(),
        "published_at": item.published_at.isoformat(timespec="seconds"),
        "last_reviewed_on": item.last_reviewed_on.isoformat(),
        "due_on": due_on.isoformat() if due_on else None,
        "state": str(item.freshness.state),
        "clause": item.freshness.clause,
        "followed_by": item.followed_by.page.pk if item.followed_by else None,
    }


def to_csv(items: Iterable[DisclosedItem]) -> str:
    """Return the items as CSV with a header; a mark at its head lets spreadsheets read the Thai."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for item in items:
        row = row_of(item)
        writer.writerow([harmless_cell(row[name]) for name in COLUMNS])
    return "\ufeff" + out.getvalue()


def category_rows(codes: Iterable[str], items: Sequence[DisclosedItem]) -> list[dict[str, Any]]:
    """Return each category with its items, in the order of the policy; empty ones too."""
    by_category: dict[str, list[DisclosedItem]] = {code: [] for code in codes}
    for item in items:
        by_category.setdefault(item.category, []).append(item)
    return [
        {"code": code, "label": label_of("categories", code), "items": rows}
        for code, rows in by_category.items()
    ]


def harmless_cell(value: Any) -> str:
    """Return *value* as a text that no spreadsheet runs as a formula; nothing for None."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
