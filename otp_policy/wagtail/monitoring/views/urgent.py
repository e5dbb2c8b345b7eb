"""How long important and urgent items took, from received to public."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from ..access import of_the_office
from ..urgent_timing import summary_of, timings

ROWS_A_PAGE = 50


@require_GET
@of_the_office
def urgent(request: HttpRequest) -> HttpResponse:
    """List the marked items with their times, and say how long they took."""
    found = timings(timezone.now())
    rows = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("number"))
    context = {"rows": rows, "summary": summary_of(found)}
    return render(request, "otp_policy/monitoring/urgent.html", context)
