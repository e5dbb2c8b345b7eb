"""The plugin's own admin screens: one item with its six steps, and what waits for whom."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from . import schedule
from .adapters import ask, has_authority
from .conf import current_policy
from .forms import DecisionForm, ReasonForm, SlotForm
from .item_state import ItemState, item_state
from .messages import explain_all
from .models import Slot
from .publishing import governed_page
from .refusals import PolicyRefusal
from .waiting import waiting_for


def _page(request: HttpRequest, page_id: int) -> Any:
    page = governed_page(page_id)
    if page is None:
        raise Http404
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    return page


@require_GET
def item(request: HttpRequest, page_id: int) -> HttpResponse:
    """Show one item: its steps, its schedule, and what the reader may do now."""
    page = _page(request, page_id)
    state = item_state(page)
    return render(
        request,
        "otp_policy/item.html",
        {
            "state": state,
            "page": page,
            "decision": _decision(request, state),
            "channels": [_channel_forms(request, page, row) for row in state.channels],
            "may_prepare": page.permissions_for_user(request.user).may_prepare(),
            "can_submit": _can_submit(request, state),
        },
    )


def _can_submit(request: HttpRequest, state: ItemState) -> bool:
    return (
        not state.task_state
        and not state.approved
        and (not state.live or state.live_differs)
        and state.page.permissions_for_user(request.user).may_prepare()
    )


def _decision(request: HttpRequest, state: ItemState) -> dict[str, Any] | None:
    """Return the form and the reasons for the step that waits, if this person has a part in it."""
    if state.task_state is None:
        return None
    task = state.task_state.task.specific
    answer = ask(state.page, task.action, request.user, digest=state.digest)
    actions = {name for name, _label, _modal in task.get_actions(state.page, request.user)}
    return {
        "task": task,
        "form": DecisionForm(initial={"digest": state.digest}),
        "may_approve": "approve" in actions,
        "may_reject": "reject" in actions,
        "has_authority": has_authority(answer),
        "reasons": explain_all(answer.reasons),
    }


def _channel_forms(request: HttpRequest, page: Any, row: Any) -> dict[str, Any]:
    owns = has_authority(ask(page, "confirm_slot", request.user, channel=row.code))
    proposes = ask(page, "propose_slot", request.user, channel=row.code).allowed
    return {
        "row": row,
        "owns": owns,
        "proposes": proposes,
        "form": SlotForm(prefix=row.code, initial={"at": row.slot.at if row.slot else None}),
        "hold_form": ReasonForm(prefix=f"{row.code}-hold"),
    }


_SLOT_ACTIONS = frozenset({"propose", "accept", "confirm", "counter", "hold", "send_now"})


@require_POST
def slot(request: HttpRequest, page_id: int, channel: str, action: str) -> HttpResponse:
    """Carry out one action on the schedule of an item."""
    page = _page(request, page_id)
    if channel not in current_policy().channels or action not in _SLOT_ACTIONS:
        raise Http404
    # A refusal has changed nothing, and the middleware shows it with its reasons.
    with suppress(PolicyRefusal):
        _change_slot(request, page, channel, action)
    return redirect(reverse("otp_policy:item", args=(page.pk,)))


def _change_slot(request: HttpRequest, page: Any, channel: str, action: str) -> None:
    user = request.user
    if action == "accept":
        schedule.accept_counter(page, user, channel=channel)
    elif action == "send_now":
        schedule.send_now(page, user, channel=channel)
    elif action == "confirm":
        shown = SlotForm(request.POST, prefix=channel)
        at = shown.cleaned_data["at"] if shown.is_valid() else None
        _confirm(page, user, channel, at)
    elif action == "hold":
        form = ReasonForm(request.POST, prefix=f"{channel}-hold")
        if not _valid(request, form):
            return
        schedule.hold(page, user, channel=channel, note=form.cleaned_data["note"])
    else:
        form = SlotForm(request.POST, prefix=channel)
        if not _valid(request, form):
            return
        change = schedule.propose if action == "propose" else schedule.counter
        change(page, user, channel=channel, **form.cleaned_data)
    messages.success(request, _("The schedule is changed."))


def _confirm(page: Any, user: Any, channel: str, at: Any) -> None:
    # Forms show minutes; the slot that was proposed may carry seconds.
    standing = Slot.objects.filter(page_id=page.pk, channel=channel, state__in=Slot.OPEN).first()
    if standing and at and standing.at.replace(second=0, microsecond=0) == at:
        at = standing.at
    schedule.confirm(page, user, channel=channel, at=at)


def _valid(request: HttpRequest, form: Any) -> bool:
    if form.is_valid():
        return True
    for field, errors in form.errors.items():
        label = form.fields[field].label if field in form.fields else ""
        messages.error(request, f"{label}: {' '.join(errors)}")
    return False


@require_POST
def submit(request: HttpRequest, page_id: int) -> HttpResponse:
    """Submit the latest draft for approval, as its division."""
    page = _page(request, page_id)
    tester = page.permissions_for_user(request.user)
    if not tester.may_prepare():
        raise PermissionDenied
    if page.workflow_in_progress:
        messages.info(request, _("The item waits for a decision already."))
    else:
        state = page.current_workflow_state
        if state is not None and state.status == state.STATUS_NEEDS_CHANGES:
            state.resume(request.user)
        else:
            page.get_workflow().start(page, request.user)
        messages.success(request, _("The item is submitted for approval."))
    return redirect(reverse("otp_policy:item", args=(page.pk,)))


@require_POST
def recall(request: HttpRequest, page_id: int) -> HttpResponse:
    """Take an item back before it is decided, as its division."""
    page = _page(request, page_id)
    if not page.permissions_for_user(request.user).may_prepare():
        raise PermissionDenied
    state = page.current_workflow_state
    if state is not None:
        state.cancel(user=request.user)
        messages.success(request, _("The item is taken back. You can change it again."))
    return redirect(reverse("otp_policy:item", args=(page.pk,)))


@require_POST
def decide(request: HttpRequest, page_id: int) -> HttpResponse:
    """Endorse, approve, or ask for changes, on the text that the form names."""
    page = _page(request, page_id)
    form = DecisionForm(request.POST)
    state = page.current_workflow_state
    task_state = state.current_task_state if state else None
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


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """List what waits for the reader: decisions, times to confirm, own items."""
    return render(request, "otp_policy/waiting.html", {"waiting": waiting_for(request.user)})
