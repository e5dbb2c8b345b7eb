"""Step 1: an item is submitted, screened for personal data, and taken back."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ..adapters import as_drafted
from ..forms import AnswersForm
from ..messages import WORKFLOW_INCOMPLETE
from ..refusals import PolicyRefusal
from ..screening import UNANSWERED, answer_warnings, unanswered, warnings_for
from .access import own_item


@require_POST
def submit(request: HttpRequest, page_id: int) -> HttpResponse:
    """Submit the latest draft for approval, as its division."""
    return _submit(request, own_item(request, page_id))


def _submit(request: HttpRequest, page: Any) -> HttpResponse:
    workflow = page.get_workflow()
    if page.workflow_in_progress:
        messages.info(request, _("The item waits for a decision already."))
    elif workflow is None:
        messages.error(request, WORKFLOW_INCOMPLETE)
    elif unanswered(as_drafted(page)):
        messages.warning(request, UNANSWERED)
        return redirect(reverse("otp_policy:personal_data", args=(page.pk,)))
    else:
        # A refusal has changed nothing, and the middleware shows it with its reasons.
        with suppress(PolicyRefusal):
            state = page.current_workflow_state
            if state is not None and state.status == state.STATUS_NEEDS_CHANGES:
                state.resume(request.user)
            else:
                workflow.start(page, request.user)
            messages.success(request, _("The item is submitted for approval."))
    return redirect(reverse("otp_policy:item", args=(page.pk,)))


@require_http_methods(["GET", "HEAD", "POST"])
def personal_data(request: HttpRequest, page_id: int) -> HttpResponse:
    """Show every warning of the screen for personal data, take the reasons, and submit."""
    page = own_item(request, page_id)
    warnings = warnings_for(as_drafted(page))
    asked = [warning for warning in warnings if warning.answer is None]
    form = AnswersForm(request.POST if request.method == "POST" else None, warnings=asked)
    if form.is_valid():
        answer_warnings(page, request.user, reasons=form.cleaned_data)
        return _submit(request, page)
    return render(
        request,
        "otp_policy/personal_data.html",
        {
            "page": page,
            "form": form,
            "asked": [(warning, form[warning.fingerprint]) for warning in asked],
            "answered": [warning for warning in warnings if warning.answer is not None],
        },
    )


@require_POST
def recall(request: HttpRequest, page_id: int) -> HttpResponse:
    """Take an item back before it is decided, as its division."""
    page = own_item(request, page_id)
    state = page.current_workflow_state
    if state is not None:
        state.cancel(user=request.user)
        messages.success(request, _("The item is taken back. You can change it again."))
    return redirect(reverse("otp_policy:item", args=(page.pk,)))
