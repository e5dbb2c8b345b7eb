"""One item with its six steps, and what the reader may do with it now."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from ..adapters import ask, has_authority
from ..forms import DecisionForm, ReasonForm, SlotForm
from ..item_state import ItemState, item_state
from ..messages import explain_all
from ..models import PolicyTask, Slot
from ..next_moves import next_moves
from ..screening import warnings_for
from ..standing import awaits_ratification
from .access import item_page
from .lifecycle import lifecycle_of


@require_GET
def item(request: HttpRequest, page_id: int) -> HttpResponse:
    """Show one item: its steps, its schedule, and what the reader may do now."""
    page = item_page(request, page_id)
    state = item_state(page)
    return render(
        request,
        "otp_policy/item.html",
        {
            "state": state,
            "page": page,
            "next_moves": next_moves(state),
            "decision": _decision(request, state),
            "channels": [_channel_forms(request, page, row) for row in state.channels],
            "may_prepare": page.permissions_for_user(request.user).may_prepare(),
            "can_submit": _can_submit(request, state),
            "warnings": warnings_for(state.draft),
            "lifecycle": lifecycle_of(request, page, state),
        },
    )


def _can_submit(request: HttpRequest, state: ItemState) -> bool:
    return (
        not state.task_state
        and not state.approved
        and (not state.live or state.live_differs or awaits_ratification(state.page))
        and state.page.permissions_for_user(request.user).may_prepare()
    )


def _decision(request: HttpRequest, state: ItemState) -> dict[str, Any] | None:
    """Return the form and the reasons for the step that waits, if this person has a part in it."""
    if state.task_state is None:
        return None
    task = state.task_state.task.specific
    if not isinstance(task, PolicyTask):
        return None  # a task that somebody added: Wagtail's editor carries it out
    answer = ask(state.draft, task.action, request.user, digest=state.digest)
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
        "may_confirm": owns and row.slot and row.slot.state in _TO_CONFIRM,
        "form": SlotForm(prefix=row.code, initial={"at": row.slot.at if row.slot else _soon()}),
        "hold_form": ReasonForm(prefix=f"{row.code}-hold"),
    }


def _soon() -> datetime:
    """Return the next full hour: a time to start from, and the form that it is written in."""
    now = timezone.localtime()
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


# A time that the unit proposed instead is the division's to answer first.
_TO_CONFIRM = frozenset({Slot.State.PROPOSED, Slot.State.HELD})
