"""
The read API of the index: JSON with an OpenAPI document, for programs of other people.

Everything in it is public anyway, so any site may read it. An answer carries an `ETag`; who sends
it back in `If-None-Match` gets 304 while nothing has changed.
"""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.urls import path
from ninja import Field, NinjaAPI, Path, Query, Schema, Status

from otp_policy.freshness import FreshnessState
from otp_policy.wagtail.conf import current_policy, office_day

from .items import disclosed_items, item_by_id
from .public_reading import readable_by_programs
from .rows import row_of

__all__ = ["api", "urlpatterns"]

LARGEST_PAGE = 200
LARGEST_KEY = 2**63 - 1

api = NinjaAPI(
    title="Disclosure index",
    description="What this office discloses: each item with its owner, its days and its state.",
    version="1.0.0",
    docs_url=None,  # its page would load scripts from other people's servers
    urls_namespace="otp_policy_disclosure_api",
)


class Item(Schema):
    """One live item. `id` stays the same as long as the item exists."""

    id: int
    category: str
    kind: str = Field(description="Kind of information by the policy's duties; may be empty.")
    title: str
    title_en: str
    unit: str
    unit_name: str
    unit_name_en: str
    url: str
    url_en: str
    digest: str = Field(description="SHA-256 over the approved text and files.")
    first_published_on: date
    published_at: datetime
    last_reviewed_on: date
    due_on: date | None
    state: FreshnessState
    clause: str
    followed_by: int | None = Field(
        description="The item of the next period, which does the duty of this one; may be null."
    )


class Items(Schema):
    """One page of items, and how many there are in all."""

    on: date = Field(description="The day for which the states are told.")
    count: int
    items: list[Item]


class Category(Schema):
    """One category of the policy; `state` is `missing` where nothing of it is public."""

    code: str
    label: str
    label_en: str
    count: int
    state: FreshnessState


class Problem(Schema):
    """Why there is no answer."""

    detail: str


class Filters(Schema):
    """What narrows the items, and which page of them is asked for."""

    category: str = Field("", description="Only this category of the policy.")
    unit: str = Field("", description="Only what the unit of this code owns.")
    state: FreshnessState | None = Field(None, description="Only items that stand so.")
    limit: int = Field(50, ge=1, le=LARGEST_PAGE)
    offset: int = Field(0, ge=0, le=LARGEST_KEY)


@api.get("/", response=Items, summary="Items", operation_id="list_items")
def list_items(request: HttpRequest, filters: Query[Filters]) -> dict[str, Any]:
    """Return the items in the order of the policy's categories, the latest first in each."""
    found = disclosed_items(
        category=filters.category.replace("\0", ""),
        unit=filters.unit.replace("\0", ""),
        state=str(filters.state or ""),
    )
    rows = [row_of(item) for item in found[filters.offset : filters.offset + filters.limit]]
    return {"on": office_day(), "count": len(found), "items": rows}


@api.get("/categories/", response=list[Category], summary="Categories", operation_id="categories")
def list_categories(request: HttpRequest) -> list[dict[str, Any]]:
    """Return every category of the policy, and the state of what is oldest in it."""
    states: dict[str, list[FreshnessState]] = {}
    for item in disclosed_items():
        states.setdefault(item.category, []).append(item.freshness.state)
    return [
        {
            "code": code,
            "label": entry.label.th,
            "label_en": entry.label.en,
            "count": len(states.get(code, [])),
            "state": _worst(states.get(code, [])),
        }
        for code, entry in current_policy().categories.items()
    ]


@api.get(
    "/{item_id}/",
    response={200: Item, 404: Problem},
    summary="One item",
    operation_id="get_item",
)
def get_item(request: HttpRequest, item_id: Annotated[int, Path(ge=1, le=LARGEST_KEY)]) -> Any:
    """Return one item; what is not public is not there."""
    found = item_by_id(item_id)
    return row_of(found) if found else Status(404, {"detail": "no such item is public"})


_FROM_WORST = (FreshnessState.OVERDUE, FreshnessState.DUE_SOON, FreshnessState.CURRENT)


def _worst(states: list[FreshnessState]) -> FreshnessState:
    return next((state for state in _FROM_WORST if state in states), FreshnessState.MISSING)


_patterns, _app_name, _namespace = api.urls
urlpatterns = [path("api/disclosure/", (readable_by_programs(_patterns), _app_name, _namespace))]
