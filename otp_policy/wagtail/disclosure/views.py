"""The public pages of the index, in the reader's language, and the index as JSON and CSV."""

from dataclasses import asdict
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from otp_policy.freshness import FreshnessState
from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.models import Unit
from otp_policy.wagtail.models.choices import category_choices
from otp_policy.wagtail.page_cache.marks import same_for_everybody

from .corrections import correction_rows, public_corrections
from .items import disclosed_items
from .responsibilities import responsibilities
from .rows import category_rows, row_of, to_csv
from .wording import STATES, state_label

CORRECTIONS_A_PAGE = 20


@same_for_everybody
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show every category with its items, and what is missing; filters narrow it."""
    asked = _asked(request)
    items = disclosed_items(**asked)
    chosen = [asked["category"]] if asked["category"] else list(current_policy().categories)
    counts = {state: sum(item.freshness.state == state for item in items) for state in STATES}
    context = {
        "categories": category_rows(chosen, items),
        "is_filtered": bool(asked["unit"] or asked["state"]),
        "counts": [(state, state_label(state), number) for state, number in counts.items()],
        "total": len(items),
        "asked": asked,
        "query": request.GET.urlencode(),
        "choices": {
            "category": category_choices(),
            "unit": [(unit.code, str(unit)) for unit in Unit.objects.all()],
            "state": [(state, state_label(state)) for state in STATES],
        },
        "on": office_day(),
    }
    return TemplateResponse(request, "otp_policy/disclosure/index.html", context)


@same_for_everybody
@require_safe
def items_json(request: HttpRequest) -> HttpResponse:
    """Return the same rows as the page shows, as JSON."""
    rows = [row_of(item) for item in disclosed_items(**_asked(request))]
    answer = {"on": office_day().isoformat(), "count": len(rows), "items": rows}
    return _readable_anywhere(
        JsonResponse(answer, json_dumps_params={"ensure_ascii": False, "indent": 1})
    )


@same_for_everybody
@require_safe
def items_csv(request: HttpRequest) -> HttpResponse:
    """Return the same rows as a file for a spreadsheet."""
    response = HttpResponse(
        to_csv(disclosed_items(**_asked(request))), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="disclosure.csv"'
    return _readable_anywhere(response)


@same_for_everybody
@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """Show what was corrected, the latest first, a page at a time."""
    page = Paginator(public_corrections(), CORRECTIONS_A_PAGE).get_page(request.GET.get("page"))
    context = {"rows": correction_rows(list(page)), "page_of_rows": page}
    return TemplateResponse(request, "otp_policy/disclosure/corrections.html", context)


@same_for_everybody
@require_safe
def who_is_responsible(request: HttpRequest) -> HttpResponse:
    """Show the posts that answer for each step (clause 3)."""
    context = {"rows": responsibilities(), "today": office_day()}
    return TemplateResponse(request, "otp_policy/disclosure/responsibilities.html", context)


@same_for_everybody
@require_safe
def responsibilities_json(request: HttpRequest) -> HttpResponse:
    """Return the same as data."""
    rows = [asdict(row) for row in responsibilities()]
    policy = current_policy().label
    return _readable_anywhere(JsonResponse({"policy": policy, "steps": rows}))


def _asked(request: HttpRequest) -> dict[str, Any]:
    """Return the filters that the address names; what is no filter of ours narrows nothing."""
    get = request.GET
    states = {str(state) for state in FreshnessState}
    categories = current_policy().categories
    return {
        "category": get["category"] if get.get("category") in categories else "",
        "unit": get.get("unit", "").replace("\0", ""),
        "state": get["state"] if get.get("state") in states else "",
    }


def _readable_anywhere(response: HttpResponse) -> HttpResponse:
    """Let pages of other sites read what is public anyway."""
    response["Access-Control-Allow-Origin"] = "*"
    return response
