"""Step 3 for several items: each difference is opened, and one confirmation decides."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from ..conf import current_policy
from ..deciding import Asked, Outcome, decidable, decide_each, show
from ..models import Approval
from ..refusals import tell

ITEMS_PER_PAGE = 10


@require_http_methods(["GET", "HEAD", "POST"])
def several(request: HttpRequest) -> HttpResponse:
    """
    List what waits for the reader's decision, open differences, and decide on what is ticked.

    Opening a difference posts the whole form, so that nothing ticked or written is lost.
    """
    outcome = Outcome()
    if request.method == "POST" and request.POST.get("action") == "approve":
        outcome = _decide(request)
        if outcome.decided and not outcome.refused:
            return redirect(reverse("otp_policy:several"))
        tell(request)
    rows = Paginator(decidable(request.user), ITEMS_PER_PAGE).get_page(request.GET.get("page"))
    opened = _opened(request)
    return render(
        request,
        "otp_policy/several.html",
        {
            "rows": [_row(request, row, opened, outcome) for row in rows],
            "page": rows,
            "comment": "" if outcome.decided else request.POST.get("comment", ""),
        },
    )


def _decide(request: HttpRequest) -> Outcome:
    ticked = [int(key) for key in request.POST.getlist("decide") if key.isdecimal()]
    if not ticked:
        messages.error(request, _("Nothing is ticked. Open a difference, read it, and tick it."))
        return Outcome()
    asked = [_asked(request, key) for key in dict.fromkeys(ticked)]
    outcome = decide_each(request.user, asked, comment=request.POST.get("comment", "")[:2000])
    if outcome.decided:
        number = len(outcome.decided)
        said = ngettext(
            "Your decision on %(number)s item is recorded: %(titles)s",
            "Your decisions on %(number)s items are recorded: %(titles)s",
            number,
        )
        titles = ", ".join(f"“{title}”" for title in outcome.decided)
        messages.success(request, said % {"number": number, "titles": titles})
    return outcome


def _asked(request: HttpRequest, key: int) -> Asked:
    digest, proof = (request.POST.get(f"{name}-{key}", "") for name in ("digest", "proof"))
    return Asked(key, digest, proof, notices=tuple(_notices(request, str(key))))


def _notices(request: HttpRequest, key: str) -> list[str]:
    """Return on which channels a notice of the item is wanted, whatever a request may carry."""
    known = current_policy().channels
    return [name for name in request.POST.getlist(f"{key}-notices") if name in known]


def _opened(request: HttpRequest) -> set[str]:
    """Return the items whose difference is open: those before, and the one asked for now."""
    shown = {name.removeprefix("proof-") for name in request.POST if name.startswith("proof-")}
    return shown | {request.POST.get("open", ""), request.GET.get("open", "")}


def _row(request: HttpRequest, row: Any, opened: set[str], outcome: Outcome) -> dict[str, Any]:
    key = str(row.item.page_id)
    refusal = outcome.refused.get(row.item.page_id)
    shown = show(request.user, row.item.page_id) if key in opened else None
    # A tick was set on the text that the form carried; on another one it does not stand.
    stands = shown is not None and request.POST.get(f"digest-{key}") == shown.digest
    return {
        "waits": row,
        "shown": shown,
        "is_ticked": stands and key in request.POST.getlist("decide"),
        "key": key,
        "notices": _notices(request, key) if stands else [],
        "is_approval": row.task_state.task.specific.action == Approval.Kind.APPROVE,
        "reasons": refusal.reasons if refusal else [],
    }
