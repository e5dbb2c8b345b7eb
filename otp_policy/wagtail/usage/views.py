"""The report of the use of the website, for everybody who works in the admin."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from otp_policy.calendars import (
    MONTHS_IN_A_YEAR,
    ONE_DAY,
    add_months,
    end_of_fiscal_year,
    end_of_month,
)
from otp_policy.wagtail.conf import current_policy, office_day

from .conf import rare_below
from .exports import to_csv, to_xlsx
from .figures import figures

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PeriodForm(forms.Form):
    """Takes the days that the figures are asked for."""

    first = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The period ends before it begins."))
        return cleaned


@require_GET
def use_of_the_website(request: HttpRequest) -> HttpResponse:
    """Show the figures of a period, by default of this fiscal year, or give them away as a file."""
    today = office_day()
    usual = {"first": _fiscal_year_begins(today), "last": today}
    asked = "first" in request.GET or "last" in request.GET
    form = PeriodForm(request.GET if asked else {key: str(day) for key, day in usual.items()})
    period = form.cleaned_data if form.is_valid() else usual
    found = figures(period["first"], period["last"])
    export = request.GET.get("export")
    if form.is_valid() and export in ("csv", "xlsx"):
        name = f"use-{found.first}-{found.last}.{export}"
        if export == "csv":
            return _file(to_csv(found), "text/csv; charset=utf-8", name)
        return _file(to_xlsx(found), _XLSX, name)
    context = {
        "form": form,
        "figures": found,
        "totals": {str(kind): number for kind, number in found.totals.items()},
        "rare": rare_below(),
        "query": f"first={found.first}&last={found.last}",
        "most": max((line.number for line in found.by_time), default=0),
    }
    return TemplateResponse(request, "otp_policy_usage/use.html", context)


def _fiscal_year_begins(day: date) -> date:
    month = current_policy().calendar(on=day).fiscal_year_starts_month
    last = end_of_fiscal_year(day, starts_month=month)
    return end_of_month(add_months(last, -MONTHS_IN_A_YEAR)) + ONE_DAY


def _file(content: str | bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
