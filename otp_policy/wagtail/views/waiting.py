"""What waits for the reader, and for others."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ..waiting import Waits, waiting_for

ROWS_PER_PAGE = 20


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """List what waits for the reader, and for others; each list has pages of its own."""
    found = waiting_for(request.user)
    for_me = [
        _section(request, "decisions", _("To decide"), found.decisions),
        _section(request, "slots", _("Times to answer"), found.slots),
        _section(request, "own", _("To finish"), found.own),
    ]
    others = _section(request, "others", _("Waiting for others"), found.others)
    return render(
        request,
        "otp_policy/waiting.html",
        {"waiting": found, "for_me": for_me, "others": others},
    )


def _section(request: HttpRequest, name: str, title: str, rows: list[Waits]) -> dict[str, Any]:
    page: Page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get(name))
    return {"name": name, "title": title, "rows": page}
