"""The periods with their reports, and the figures of a period before there is one."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from otp_policy.reporting import QUARTERS, WHOLE_YEAR, FiscalPeriod
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.refusals import PolicyRefusal, tell

from ..access import Standing, has_part
from ..duty import begins_on, duty_on
from ..figures import figures_of
from ..forms import FindingsForm
from ..models import Report
from ..periods import name_of, period, report_entry, this_year
from ..steps import begin
from ..tables import missing_parts, tables_of

_MOST_YEARS = 10
# Further years have no figures that anybody could want, and some no days.
_YEARS = range(2000, 2500)


@dataclass(frozen=True, slots=True)
class Line:
    """A period and the newest version of its report, if there is one."""

    period: FiscalPeriod
    report: Report | None
    is_over: bool

    @property
    def name(self) -> str:
        return name_of(self.period.year, self.period.quarter)


@require_safe
@has_part
def reports(request: HttpRequest, standing: Standing) -> HttpResponse:
    """List the fiscal years with their quarters, the newest first, and what is owed."""
    on = office_day()
    context = {
        "lines": _lines(),
        "duty": duty_on(on),
        "duty_name": _duty_name(),
        "standing": standing,
        "on": on,
    }
    return render(request, "otp_policy/executive_reports/list.html", context)


def _duty_name() -> str:
    duty = duty_on()
    return name_of(duty.owed.year) if duty else ""


def _lines() -> list[Line]:
    on, entry = office_day(), report_entry()
    if entry is None:
        return []
    newest: dict[tuple[int, int], Report] = {}
    for report in Report.objects.filter(code=entry.code).order_by("version"):
        newest[report.year, report.quarter] = report
    first = min(
        [this_year(begins_on(on, not_before=entry.effective_from)).year]
        + [year for year, _quarter in newest]
    )
    now = this_year(on).year
    return [
        Line(one, newest.get((year, quarter)), one.is_over(on))
        for year in range(now, max(first, now - _MOST_YEARS) - 1, -1)
        for quarter in (WHOLE_YEAR, *QUARTERS)
        if (one := period(year, quarter)).first <= on
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@has_part
def figures(request: HttpRequest, standing: Standing, year: int, quarter: int) -> HttpResponse:
    """Show the figures of a period as they are now; the unit begins its report here."""
    of = _period(year, quarter)
    form = FindingsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            report = begin(request.user, year=year, quarter=quarter, **form.cleaned_data)
        except PolicyRefusal:
            tell(request)
        else:
            messages.success(
                request, _("The report is being prepared. Submit it when it is ready.")
            )
            return redirect(reverse("otp_policy_executive_reports:report", args=(report.pk,)))
    status = 403 if request.method == "POST" and form.is_valid() else 200
    context = shown_figures(figures_of(of), of) | {
        "title": name_of(year, quarter),
        "period": of,
        "form": form,
        "may_begin": standing.prepares is not None and not _exists(year, quarter),
    }
    return render(request, "otp_policy/executive_reports/figures.html", context, status=status)


def shown_figures(found: dict[str, Any], of: FiscalPeriod) -> dict[str, Any]:
    """Return figures as a template shows them."""
    return {
        "tables": tables_of(found, quarter=of.quarter),
        "missing": missing_parts(found),
        "counted_on": office_day(),
    }


def _period(year: int, quarter: int) -> FiscalPeriod:
    if year not in _YEARS:
        raise Http404
    try:
        return period(year, quarter)
    except ValueError as error:
        raise Http404 from error


def _exists(year: int, quarter: int) -> bool:
    entry = report_entry()
    rows = Report.objects.filter(year=year, quarter=quarter)
    return entry is None or rows.filter(code=entry.code).exists()
