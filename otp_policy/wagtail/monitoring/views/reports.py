"""The form on which a reader reports an error, and the list of such reports in the admin."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from otp_policy.wagtail.clients import is_within
from otp_policy.wagtail.refusals import PolicyRefusal, tell

from ..access import of_the_office
from ..conf import reports_an_hour
from ..error_reports import close_report, may_close, reportable, take_report
from ..forms import ErrorReportForm
from ..models import ErrorReport

ROWS_A_PAGE = 30
_HOUR = 60 * 60
_LARGEST_KEY = 2**63 - 1


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, page_id: int) -> HttpResponse:
    """Take a reader's report on a live item: no name, no account, nothing but what is wrong."""
    found = reportable(page_id) if page_id <= _LARGEST_KEY else None
    if found is None:
        raise Http404
    page, publication = found
    context: dict[str, Any] = {"page": page, "form": ErrorReportForm()}
    status = 200
    if request.method == "POST":
        form = context["form"] = ErrorReportForm(request.POST)
        if form.is_valid():
            status = _take(request, page, publication, form.cleaned_data)
            context |= {"is_taken": status == 200, "is_too_often": status == 429}
    return _answer(request, context, status)


def _take(request: HttpRequest, page: Any, publication: Any, said: dict[str, str]) -> int:
    """Keep the report, and return the status of the answer."""
    if said["website"]:
        return 200  # a program; it need not know that nothing was kept
    what = "otp_policy.reports"
    if not is_within(request, what, most=reports_an_hour(), seconds=_HOUR):
        return 429
    take_report(page, publication, kind=said["kind"], text=said["text"])
    return 200


def _answer(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    template = "otp_policy/monitoring/report_error.html"
    response = render(request, template, context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@of_the_office
def reports(request: HttpRequest) -> HttpResponse:
    """List what readers reported, the open ones first; who may, says what became of one."""
    if request.method == "POST":
        key = request.POST.get("report", "")
        if not (key.isascii() and key.isdigit() and int(key) <= _LARGEST_KEY):
            raise Http404
        row = get_object_or_404(ErrorReport, pk=int(key))
        with suppress(PolicyRefusal):
            note = request.POST.get("note", "")[:500]
            close_report(row, request.user, state=request.POST.get("state", ""), note=note)
            messages.success(request, _("The report is closed."))
            return redirect(reverse("otp_policy_monitoring:reports"))
        tell(request)
    rows = ErrorReport.objects.select_related("unit", "closed_by")
    # "open" comes last of the three words in the alphabet.
    listed = Paginator(rows.order_by("-state", "-at", "-pk"), ROWS_A_PAGE)
    page = listed.get_page(request.GET.get("number"))
    for one in page:
        one.may_close = one.is_open and may_close(one, request.user)
    context = {"rows": page, "ends": ErrorReport.State.choices[1:]}
    return render(request, "otp_policy/monitoring/reports.html", context)
