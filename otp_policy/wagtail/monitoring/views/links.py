"""The screen of the links that do not open, and the way to have them checked."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from wagtail.models import Page

from otp_policy.wagtail.disclosure.rows import harmless_cell
from otp_policy.wagtail.publishing import governed_page
from otp_policy.wagtail.refusals import PolicyRefusal, tell

from ..access import may_coordinate, of_the_office
from ..link_checks import ask_for_check
from ..link_reports import shown_target
from ..models import ItemLink, LinkCheck, LinkTarget
from ..words import LINK_REASONS

ROWS_A_PAGE = 50
_MOST_ITEMS_SHOWN = 5
_MOST_LINES_OF_FILE = 20_000
_LARGEST_KEY = 2**63 - 1
_State = LinkTarget.State
# The worst first.
_SHOWN = (_State.BROKEN, _State.FAILED, _State.BY_HAND, _State.NOT_CHECKED, _State.OPENS)


@require_http_methods(["GET", "HEAD"])
@of_the_office
def links(request: HttpRequest) -> HttpResponse:
    """List the targets in one state, with the items that link to them."""
    state = request.GET.get("state", _State.BROKEN)
    if state not in _State.values:
        state = _State.BROKEN
    listed = Paginator(_targets(state), ROWS_A_PAGE).get_page(request.GET.get("number"))
    _add_items(listed.object_list)
    whole = LinkCheck.objects.filter(page_id=None, is_second_look=False)
    context = {
        "rows": listed,
        "state": state,
        "states": [(one.value, one.label) for one in _SHOWN],
        "last": whole.exclude(ended_at=None).first(),
        "is_waiting": whole.filter(ended_at=None).exists(),
        "may_ask": may_coordinate(request.user),
        "query": urlencode({"state": state}),
    }
    return render(request, "otp_policy/monitoring/links.html", context)


@require_GET
@of_the_office
def links_csv(request: HttpRequest) -> HttpResponse:
    """Give the links that do not open as CSV, a line for each item with such a link."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="links.csv"'
    answer.write("\ufeff")
    writer = csv.writer(answer)
    writer.writerow([_("Title"), _("Address"), _("State"), _("Reason"), _("Fails since")])
    broken = ItemLink.objects.filter(target__state__in=(_State.BROKEN, _State.FAILED))
    rows = list(broken.select_related("target").order_by("page_id", "pk")[:_MOST_LINES_OF_FILE])
    titles = _titles({row.page_id for row in rows})
    for row in rows:
        since = row.target.failing_since
        line = (
            titles.get(row.page_id, row.page_id),
            shown_target(row.target.url),
            row.target.get_state_display(),
            LINK_REASONS.get(row.target.reason, row.target.reason),
            since.date().isoformat() if since else "",
        )
        writer.writerow([harmless_cell(str(cell)) for cell in line])
    return answer


@require_POST
@of_the_office
def check(request: HttpRequest) -> HttpResponse:
    """Ask for a check: of all links, or, with `page`, of those of one item."""
    key = request.POST.get("page", "")
    page = None
    if key:
        if not (key.isascii() and key.isdigit() and int(key) <= _LARGEST_KEY):
            raise Http404
        page = governed_page(int(key))
        if page is None:
            raise Http404
    with suppress(PolicyRefusal):
        ask_for_check(request.user, page)
        messages.success(request, _("The links will be checked within the next minutes."))
        return redirect(_back(page))
    tell(request)
    return redirect(_back(page))


def _back(page: Any) -> str:
    return (
        reverse("otp_policy:item", args=[page.pk])
        if page
        else reverse("otp_policy_monitoring:links")
    )


def _targets(state: str) -> Any:
    rows = LinkTarget.objects.filter(state=state, items__isnull=False).distinct()
    return rows.order_by("failing_since", "pk")


def _add_items(rows: Iterable[Any]) -> None:
    """Give each target the items that link to it, the first few: two queries for all."""
    targets = list(rows)
    of_target: dict[int, list[int]] = defaultdict(list)
    links_of_all = ItemLink.objects.filter(target__in=targets).order_by("pk")
    for target, page in links_of_all.values_list("target_id", "page_id"):
        of_target[target].append(page)
    shown = {key for keys in of_target.values() for key in keys[:_MOST_ITEMS_SHOWN]}
    titles = _titles(shown)
    for target in targets:
        keys = of_target[target.pk]
        target.shown = shown_target(target.url)
        target.why = LINK_REASONS.get(target.reason, target.reason)
        target.linking = [(key, titles[key]) for key in keys[:_MOST_ITEMS_SHOWN] if key in titles]
        more = len(keys) - len(target.linking)
        target.more = (
            ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more} if more else ""
        )


def _titles(keys: Iterable[int]) -> dict[int, str]:
    return dict(Page.objects.filter(pk__in=keys).values_list("pk", "title"))
