"""The screen on which an item is attested, and on which that is decided."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from otp_policy.wagtail.adapters import ask, has_authority
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.due import Holidays, facts_of, review_of
from otp_policy.wagtail.history import History
from otp_policy.wagtail.messages import explain_all
from otp_policy.wagtail.refusals import PolicyRefusal, tell
from otp_policy.wagtail.views.access import item_page

from .. import attestations
from ..attestation_refusals import NOT_WAITING
from ..forms import AttestationDecisionForm, AttestationForm


@require_http_methods(["GET", "HEAD", "POST"])
def attestation(request: HttpRequest, page_id: int) -> HttpResponse:
    """Attest that the live text is still right, decide on that, or take it back."""
    page = item_page(request, page_id, action="attest")
    forms: dict[str, Any] = {}
    if request.method == "POST":
        act = _ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise Http404
        with suppress(PolicyRefusal):
            if act(request, page, forms):
                return redirect(reverse("otp_policy:item", args=(page.pk,)))
        tell(request)
    context = _context(request, page, forms)
    return render(request, "otp_policy/monitoring/attestation.html", context)


def _context(request: HttpRequest, page: Any, forms: dict[str, Any]) -> dict[str, Any]:
    past, waiting = History.of(page.pk), attestations.open_attestation(page.pk)
    publication = past.publication if past.is_live else None
    asked = ask(page, "attest", request.user)
    context = {
        "page": page,
        "publication": publication,
        "review": publication and _review(page, publication),
        "attestation": waiting,
        "may_ask": asked.allowed and waiting is None,
        "why_not": [] if waiting else explain_all(asked.reasons),
    }
    if waiting is None:
        initial = {"digest": publication.digest if publication else ""}
        context["ask_form"] = forms.get("ask") or AttestationForm(initial=initial, prefix="ask")
        return context
    decision = attestations.may_decide_attestation(waiting, page, request.user)
    initial = {"digest": waiting.digest}
    return context | {
        "step": attestations.next_step(waiting, page),
        "decisions": list(waiting.decisions.select_related("by")),
        "may_approve": decision.allowed,
        "may_reject": has_authority(decision),
        "why_not": explain_all(decision.reasons),
        "may_recall": has_authority(asked),
        "decision_form": forms.get("decide")
        or AttestationDecisionForm(initial=initial, prefix="decide"),
    }


def _review(page: Any, publication: Any) -> Any:
    facts = facts_of(page, publication.reviewed_at)
    since = min(office_day(publication.at), facts.covers_until or office_day())
    return review_of(facts, on=office_day(), holidays=Holidays(since))


def _ask(request: HttpRequest, page: Any, forms: dict[str, Any]) -> bool:
    form = forms["ask"] = AttestationForm(request.POST, prefix="ask")
    if not form.is_valid():
        return False
    attestations.ask_to_attest(page, request.user, **form.cleaned_data)
    messages.success(request, _("The attestation waits for its approval."))
    return True


def _decide(request: HttpRequest, page: Any, forms: dict[str, Any]) -> bool:
    form = forms["decide"] = AttestationDecisionForm(request.POST, prefix="decide")
    waiting = attestations.open_attestation(page.pk)
    if waiting is None:
        raise PolicyRefusal(page.title, also=[NOT_WAITING])
    if not form.is_valid():
        return False
    action = request.POST.get("action", "")
    attestations.decide_on_attestation(waiting, request.user, action, **form.cleaned_data)
    messages.success(request, _("Your decision is recorded."))
    return True


def _recall(request: HttpRequest, page: Any, forms: dict[str, Any]) -> bool:
    attestations.recall_attestation(page, request.user)
    messages.success(request, _("The attestation is taken back."))
    return True


_ACTS = {"ask": _ask, "decide": _decide, "recall": _recall}
