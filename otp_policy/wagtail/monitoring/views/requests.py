"""The screen of the update requests: what is asked of which division, and what became of it."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.models import Unit
from otp_policy.wagtail.publishing import governed_page
from otp_policy.wagtail.refusals import PolicyRefusal, tell

from ..access import may_coordinate, of_the_office
from ..forms import ReasonForm, UpdateRequestForm
from ..models import UpdateRequest
from ..report import Filters
from ..requests import ask_for_update, call_off, counts_of_requests, settle_requests

ROWS_A_PAGE = 30
# Beyond it no page has a key.
_LARGEST_KEY = 2**63 - 1


@require_http_methods(["GET", "HEAD", "POST"])
@of_the_office
def requests(request: HttpRequest) -> HttpResponse:
    """List the requests, the open ones first; whoever coordinates sends or calls off one."""
    page = _page_of(request)
    forms: dict[str, Any] = {}
    if request.method == "POST":
        act = _ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise Http404
        with suppress(PolicyRefusal):
            if act(request, page, forms):
                return redirect(reverse("otp_policy_monitoring:requests"))
        tell(request)
    settle_requests()
    return render(request, "otp_policy/monitoring/requests.html", _context(request, page, forms))


def _context(request: HttpRequest, page: Any, forms: dict[str, Any]) -> dict[str, Any]:
    filters, on = Filters.of(request.GET, Unit.objects.all()), office_day()
    rows = UpdateRequest.objects.select_related("unit", "asked_by")
    rows = rows.filter(unit=filters.unit) if filters.unit else rows
    rows = rows.filter(category=filters.category) if filters.category else rows
    # "open" comes after "met" in the alphabet, and "called_off" before both.
    ordered = rows.order_by("-state", "wanted_by", "pk")
    return {
        "rows": Paginator(ordered, ROWS_A_PAGE).get_page(request.GET.get("number")),
        "counts": counts_of_requests(on, unit=filters.unit, category=filters.category),
        "on": on,
        "page": page,
        "may_ask": may_coordinate(request.user),
        "form": forms.get("ask") or UpdateRequestForm(prefix="ask"),
        "reason_form": ReasonForm(prefix="off"),
    }


def _page_of(request: HttpRequest) -> Any:
    """Return the item that a request is about, if the address or the form names one."""
    key = request.POST.get("page") or request.GET.get("page") or ""
    if not (key.isascii() and key.isdigit() and int(key) <= _LARGEST_KEY):
        return None
    return governed_page(int(key))


def _ask(request: HttpRequest, page: Any, forms: dict[str, Any]) -> bool:
    form = forms["ask"] = UpdateRequestForm(request.POST, prefix="ask")
    if not form.is_valid():
        return False
    if page is None and not (form.cleaned_data["unit"] and form.cleaned_data["category"]):
        form.add_error("unit", _("Choose the division and the category."))
        return False
    ask_for_update(request.user, page=page, **form.cleaned_data)
    messages.success(request, _("The request is sent to the division."))
    return True


def _call_off(request: HttpRequest, page: Any, forms: dict[str, Any]) -> bool:
    key = request.POST.get("request", "")
    if not (key.isascii() and key.isdigit() and int(key) <= _LARGEST_KEY):
        raise Http404
    form = ReasonForm(request.POST, prefix="off")
    row = get_object_or_404(UpdateRequest, pk=int(key))
    call_off(row, request.user, note=form.data.get("off-note", "")[:500])
    messages.success(request, _("The request is called off."))
    return True


_ACTS = {"ask": _ask, "call_off": _call_off}
