"""The difference between an item's draft and what the public reads, for all with a part in it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ..comparison import compare_item
from ..item_state import item_state
from .access import item_page


@require_GET
def difference(request: HttpRequest, page_id: int) -> HttpResponse:
    """Show what the latest draft of an item would change for the public."""
    page = item_page(request, page_id)
    state = item_state(page)
    comparison = compare_item(page, state.draft, digest=state.digest)
    return render(
        request,
        "otp_policy/comparison/difference.html",
        {"page": page, "state": state, "comparison": comparison},
    )
