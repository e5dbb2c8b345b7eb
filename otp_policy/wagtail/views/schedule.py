"""Step 2: the times that the division and the units of the channels agree on."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .. import schedule
from ..clashes import clash_of
from ..conf import current_policy
from ..forms import ReasonForm, SlotForm
from ..models import Slot
from ..refusals import PolicyRefusal
from .access import item_page

_GOING_OUT = (Slot.State.PROPOSED, Slot.State.COUNTERED, Slot.State.CONFIRMED)
_SLOT_ACTIONS = frozenset({"propose", "accept", "confirm", "counter", "hold", "send_now"})


@require_POST
def slot(request: HttpRequest, page_id: int, channel: str, action: str) -> HttpResponse:
    """Carry out one action on the schedule of an item."""
    page = item_page(request, page_id, action="propose_slot")
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
        if not _valid(request, shown):
            return
        _confirm(page, user, channel, shown.cleaned_data["at"])
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
    _warn_of_clash(request, page, channel)


def _warn_of_clash(request: HttpRequest, page: Any, channel: str) -> None:
    slot = Slot.objects.filter(page_id=page.pk, channel=channel, state__in=_GOING_OUT).last()
    if slot is not None and clash_of(page.pk, channel=channel, at=slot.at):
        messages.warning(request, _("This time clashes with another. See the schedule."))


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
