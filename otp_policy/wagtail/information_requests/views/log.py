"""The public log: what was asked and answered, as it was approved, without who asked."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from ..files import file_response
from ..models import Release, Sealed
from ..releases import digest_of, public_log
from ..sealing import open_file

ON_A_PAGE = 20


@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """Show the log, the latest first, a page at a time."""
    page = Paginator(public_log(), ON_A_PAGE).get_page(request.GET.get("page"))
    # What somebody changed past the models is not shown, even before the round takes it out.
    shown = [entry for entry in page if digest_of(entry) == entry.published_digest]
    context = {"entries": shown, "page_of_entries": page}
    return TemplateResponse(request, "otp_policy/requests/log.html", context)


@require_safe
def entry(request: HttpRequest, year: int, number: int) -> HttpResponse:
    """Show one entry with its files."""
    context = {"entry": _entry(year, number)}
    return TemplateResponse(request, "otp_policy/requests/log_entry.html", context)


@require_safe
def file(request: HttpRequest, year: int, number: int, sealed_id: int) -> HttpResponse:
    """Give a redacted file of an entry."""
    found = _entry(year, number)
    said: dict[str, Any] = next((each for each in found.files if each["sealed"] == sealed_id), {})
    sealed = Sealed.objects.filter(pk=sealed_id, case=found.case, what=Sealed.What.PUBLIC).first()
    if not said or sealed is None:
        raise Http404
    return file_response(open_file(sealed), name=said["name"])


def _entry(year: int, number: int) -> Release:
    found = public_log().filter(case__year=year, case__number=number).first()
    if found is None or digest_of(found) != found.published_digest:
        raise Http404
    return found
