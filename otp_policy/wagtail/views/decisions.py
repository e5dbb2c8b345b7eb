"""Step 3: an item is endorsed, approved, or sent back with a reason."""

from contextlib import suppress

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..forms import DecisionForm
from ..models import PolicyTask
from ..refusals import PolicyRefusal
from .access import item_page


@require_POST
def decide(request: HttpRequest, page_id: int) -> HttpResponse:
    """Endorse, approve, or ask for changes, on the text that the form names."""
    page = item_page(request, page_id)
    form = DecisionForm(request.POST)
    state = page.current_workflow_state
    task_state = state.current_task_state if state else None
    if task_state is not None and not isinstance(task_state.task.specific, PolicyTask):
        task_state = None
    named = request.POST.get("task_state", "")
    if not form.is_valid() or task_state is None or named != str(task_state.pk):
        messages.error(request, _("This step is over. Open the item again to see where it is."))
    else:
        # A refusal has changed nothing, and the middleware shows it with its reasons.
        with suppress(PolicyRefusal):
            task_state.task.specific.on_action(
                task_state.specific,
                request.user,
                request.POST.get("action", ""),
                **form.cleaned_data,
            )
            messages.success(request, _("Your decision is recorded."))
    return redirect(reverse("otp_policy:item", args=(page.pk,)))
