"""Step 5: withdrawals and takedowns, prior versions, and what goes first."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from .. import urgency, versions, withdrawals
from ..adapters import ask, has_authority
from ..corrections import change_rows, difference, new_english_note
from ..lifecycle_forms import (
    HideVersionForm,
    TakedownForm,
    UrgencyForm,
    WithdrawalDecisionForm,
    WithdrawalForm,
)
from ..messages import explain_all
from ..refusals import PolicyRefusal, tell
from ..withdrawal_refusals import NOT_WAITING
from .access import item_page


@require_http_methods(["GET", "HEAD", "POST"])
def withdrawal(request: HttpRequest, page_id: int) -> HttpResponse:
    """Ask for a withdrawal, take down at once, decide on either, or take a request back."""
    page = item_page(request, page_id, action="withdraw")
    forms: dict[str, Any] = {}
    if request.method == "POST":
        act = _ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise Http404
        # A refusal has changed nothing; what was typed stands in the form that comes back.
        with suppress(PolicyRefusal):
            if act(request, page, forms):
                return redirect(reverse("otp_policy:item", args=(page.pk,)))
        tell(request)  # now: this very answer shows the reasons beside the form
    return render(request, "otp_policy/withdrawal.html", _context(request, page, forms))


def _context(request: HttpRequest, page: Any, forms: dict[str, Any]) -> dict[str, Any]:
    page = type(page).objects.get(pk=page.pk)
    waiting = withdrawals.open_withdrawal(page.pk)
    context = {"page": page, "withdrawal": waiting}
    if waiting is None:
        asked = ask(page, "withdraw", request.user)
        context |= {
            "may_ask": asked.allowed,
            "why_not": explain_all(asked.reasons),
            "ask_form": forms.get("ask") or WithdrawalForm(initial=_titles(page), prefix="ask"),
        }
    else:
        decision = withdrawals.may_decide_withdrawal(waiting, page, request.user)
        context |= {
            "step": withdrawals.next_step(waiting, page),
            "decisions": list(waiting.decisions.select_related("by")),
            "may_approve": decision.allowed and bool(waiting.reason),
            "may_reject": has_authority(decision),
            "why_not": explain_all(decision.reasons),
            "may_recall": not waiting.is_emergency
            and has_authority(ask(page, "withdraw", request.user)),
            "decision_form": forms.get("decide")
            or WithdrawalDecisionForm(initial={"digest": waiting.digest}, prefix="decide"),
        }
    owns = has_authority(ask(page, "publish", request.user))
    context["may_take_down"] = page.live and owns
    context["may_give_reason"] = (
        waiting is not None
        and not waiting.reason
        and (owns or has_authority(ask(page, "withdraw", request.user)))
    )
    context["down_form"] = forms.get("down") or TakedownForm(prefix="down")
    return context


def _titles(page: Any) -> dict[str, str]:
    return {"title": page.title, "title_en": getattr(page, "title_en", "")}


def _ask(request: HttpRequest, page: Any, forms: dict[str, Any]) -> bool:
    form = forms["ask"] = WithdrawalForm(request.POST, prefix="ask")
    if not form.is_valid():
        return False
    withdrawals.ask_to_withdraw(page, request.user, **form.cleaned_data)
    messages.success(
        request, _("The withdrawal waits for its approval. Until then the item stays up.")
    )
    return True


def _take_down(request: HttpRequest, page: Any, forms: dict[str, Any]) -> bool:
    form = forms["down"] = TakedownForm(request.POST, prefix="down")
    if not form.is_valid():
        return False
    withdrawals.take_down(page, request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("The item is down. Its withdrawal waits for the approval."))
    return True


def _give_reason(request: HttpRequest, page: Any, forms: dict[str, Any]) -> bool:
    form = forms["down"] = TakedownForm(request.POST, prefix="down")
    if not form.is_valid():
        return False
    withdrawals.give_reason(page, request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("The reason is recorded."))
    return True


def _decide(request: HttpRequest, page: Any, forms: dict[str, Any]) -> bool:
    form = forms["decide"] = WithdrawalDecisionForm(request.POST, prefix="decide")
    waiting = withdrawals.open_withdrawal(page.pk)
    if waiting is None:
        raise PolicyRefusal(page.title, also=[NOT_WAITING])
    if not form.is_valid():
        return False
    action = request.POST.get("action", "")
    withdrawals.decide_on_withdrawal(waiting, request.user, action, **form.cleaned_data)
    messages.success(request, _("Your decision is recorded."))
    return True


def _recall(request: HttpRequest, page: Any, forms: dict[str, Any]) -> bool:
    withdrawals.recall_withdrawal(page, request.user)
    messages.success(request, _("The request is taken back. The item stays up."))
    return True


_ACTS = {
    "ask": _ask,
    "take_down": _take_down,
    "give_reason": _give_reason,
    "decide": _decide,
    "recall": _recall,
}


@require_http_methods(["GET", "HEAD", "POST"])
def hide_version(request: HttpRequest, page_id: int, number: int) -> HttpResponse:
    """Hide a replaced version from the public, with the reason."""
    page = item_page(request, page_id, action="publish")
    form = HideVersionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with suppress(PolicyRefusal):
            versions.hide_version(page, request.user, number=number, **form.cleaned_data)
            messages.success(request, _("The public cannot read this version any longer."))
            return redirect(reverse("otp_policy:item", args=(page.pk,)))
        tell(request)
    context = {"page": page, "number": number, "form": form}
    return render(request, "otp_policy/hide_version.html", context)


@require_POST
def urgent(request: HttpRequest, page_id: int) -> HttpResponse:
    """Mark an item as important or urgent, or take the mark away."""
    page = item_page(request, page_id, action="prepare")
    # A refusal has changed nothing, and the middleware shows it with its reasons.
    with suppress(PolicyRefusal):
        if request.POST.get("act") == "lift":
            urgency.lift_urgency(page, request.user)
            messages.success(request, _("The item is no longer marked."))
        else:
            urgency.mark_urgent(page, request.user, reason=request.POST.get("reason", ""))
            messages.success(request, _("The item goes first. Its timer runs."))
    return redirect(reverse("otp_policy:item", args=(page.pk,)))


def lifecycle_of(request: HttpRequest, page: Any, state: Any) -> dict[str, Any]:
    """Return what the item's screen shows of step 5 and of urgency."""
    found = difference(page, state.draft) if state.live_differs else None
    return {
        "versions": list(reversed(versions.versions_of(page.pk, with_people=True))),
        "may_hide": has_authority(ask(page, "publish", request.user, digest=state.digest)),
        "withdrawal": withdrawals.last_withdrawal(page.pk),
        "timer": urgency.timer_of(page.pk),
        "may_mark": urgency.may_mark(page, request.user),
        "urgency_form": UrgencyForm(),
        "correction": found
        and {
            "is_material": found.is_material,
            "changes": change_rows(found),
            "note_en": new_english_note(page, state.draft),
        },
    }
