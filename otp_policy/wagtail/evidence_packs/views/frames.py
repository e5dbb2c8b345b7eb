"""What the screens share: who may open them, and which year they are about."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from otp_policy.wagtail.conf import BUDDHIST_ERA_OFFSET, office_day, period_of

from ..access import may_keep, may_pack_all
from ..models import InstrumentRow, InstrumentYear

__all__ = ["as_file", "for_keepers", "for_packers", "row_of", "year_of_request"]


def _only(may: Callable[[Any], bool]) -> Callable[..., Callable[..., HttpResponse]]:
    def guard(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def seen(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not may(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return seen

    return guard


for_keepers = _only(may_keep)
for_packers = _only(may_pack_all)


def year_of_request(request: HttpRequest, years: list[InstrumentYear]) -> InstrumentYear | None:
    """Return the year that the address names; else that of today, or the latest; None for none."""
    asked = request.GET.get("year", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 7:
        found = next((year for year in years if year.pk == int(asked)), None)
        if found is None:
            raise Http404
        return found
    today = office_day()
    for year in years:
        period = period_of(year.fiscal_year)
        if period is not None and period.first <= today <= period.last:
            return year
    # Before the year's form is taken over, the last one is looked at.
    until = today.year + BUDDHIST_ERA_OFFSET + 1
    return next((year for year in years if year.fiscal_year <= until), years[0] if years else None)


def row_of(row_id: int) -> InstrumentRow:
    """Return a row with its year, or answer that there is none."""
    rows = InstrumentRow.objects.select_related("instrument", "checked_by")
    return get_object_or_404(rows, pk=row_id)


def as_file(response: Any, name: str) -> Any:
    """Return *response* as a download that nobody else keeps."""
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
