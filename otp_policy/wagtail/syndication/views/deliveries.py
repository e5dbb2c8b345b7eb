"""What the unit that owns a channel does with a delivery, each on a page that asks first."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from otp_policy.wagtail.refusals import PolicyRefusal, forget_noted
from otp_policy.wagtail.scans import let_go

from .. import handling
from ..by_hand import record_by_hand
from ..delivery_forms import HandForm, NoQuestion, ReasonForm, ThereForm
from ..delivery_screen import ready_text
from ..keepers import keeps
from ..models import Delivery, HandDelivery
from ..reading import may_read

_ACTS: dict[str, dict[str, Any]] = {
    "look": {
        "title": _("Look again"),
        "what": _("It is looked for at the service once more, in the next round of sending."),
        "done": _("It is looked for in the next round."),
        "form": NoQuestion,
        "do": lambda delivery, user, given: handling.look_again(delivery, user),
    },
    "there": {
        "title": _("It is there: here is the address"),
        "what": _("You have found the message on the channel. It counts as sent from then on."),
        "done": _("It is recorded as sent."),
        "form": ThereForm,
        "do": lambda delivery, user, given: handling.say_it_is_there(
            delivery, user, url=given["url"]
        ),
    },
    "absent": {
        "title": _("It is not there"),
        "what": _(
            "You have looked on the channel, and the message is not there. It may be sent again "
            "afterwards: if you are mistaken, the public gets it twice."
        ),
        "done": _("It is recorded as not there. You can send it again, or post it by hand."),
        "form": NoQuestion,
        "do": lambda delivery, user, given: handling.say_it_is_absent(delivery, user),
    },
    "resume": {
        "title": _("Send it again"),
        "what": _("It goes out in the next round of sending, in your name."),
        "done": _("It goes out in the next round."),
        "form": NoQuestion,
        "do": lambda delivery, user, given: handling.resume(delivery, user),
    },
    "cancel": {
        "title": _("Cancel"),
        "what": _("It is not sent on this channel. The reason is kept for good."),
        "done": _("It is cancelled."),
        "form": ReasonForm,
        "do": lambda delivery, user, given: handling.cancel(delivery, user, reason=given["note"]),
    },
    "record": {
        "title": _("Record what was posted by hand"),
        "what": _(
            "Post the text on the channel, or take the message down if that is what is asked. "
            "Then record where it stands, when it was posted, and a picture of it. This is "
            "evidence equal to a delivery by the system."
        ),
        "done": _("It is recorded as posted by hand."),
        "form": HandForm,
        "do": lambda delivery, user, given: record_by_hand(
            delivery,
            user,
            url=given["url"],
            at=_posted_at(delivery, given["at"]),
            picture=given["picture"],
        ),
    },
}


@require_http_methods(["GET", "HEAD", "POST"])
def handle(request: HttpRequest, delivery_id: int, act: str) -> HttpResponse:
    """Ask, and carry out one act; a refusal says every reason and keeps what was typed."""
    delivery = _readable(request, delivery_id)
    if act not in _ACTS:
        raise Http404
    form = _form(request, delivery, act)
    refused: list[str] = []
    if form.is_bound:
        if form.is_valid() and not (refused := _done(request, delivery, act, form)):
            messages.success(request, _ACTS[act]["done"])
            return redirect(address_of(delivery))
        if isinstance(form, HandForm):
            form.keep_picture()
    context = {
        "delivery": delivery,
        "address": address_of(delivery),
        "act": _ACTS[act],
        "form": form,
        "refused": refused,
        "may": keeps(request.user, delivery),
        "ready": ready_text(delivery) if act == "record" else None,
        "kept": form.is_bound and getattr(form, "cleaned_data", {}).get("picture"),
    }
    status = 403 if refused else 200
    return render(request, "otp_policy/channels/handle.html", context, status=status)


def _posted_at(delivery: Delivery, typed: datetime) -> datetime:
    """Return the instant that was typed; forms show minutes, and publications have seconds."""
    live_at = delivery.publication.at
    return max(typed, live_at) if typed >= live_at.replace(second=0, microsecond=0) else typed


def _form(request: HttpRequest, delivery: Delivery, act: str) -> Any:
    posted = request.method == "POST"
    given: list[Any] = [request.POST, request.FILES] if posted else []
    if act != "record":
        return _ACTS[act]["form"](*given)
    now = timezone.localtime().replace(second=0, microsecond=0)
    return HandForm(*given, user=request.user, page_id=delivery.page_id, initial={"at": now})


def _done(request: HttpRequest, delivery: Delivery, act: str, form: Any) -> list[str]:
    """Carry *act* out; return the reasons against it, if there are any."""
    try:
        _ACTS[act]["do"](delivery, request.user, form.cleaned_data)
    except PolicyRefusal as refusal:
        forget_noted()  # said beside the form, where it can be mended
        return refusal.reasons
    let_go(form.cleaned_data.get("kept", ""))
    return []


def address_of(delivery: Delivery) -> str:
    """Return the address of the delivery in its register."""
    return reverse("otp_policy_syndication_delivery_modeladmin_inspect", args=(delivery.pk,))


@require_safe
def picture(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Send the picture of what was posted by hand to those who read its delivery."""
    kept = HandDelivery.objects.filter(delivery=_readable(request, delivery_id)).first()
    if kept is None:
        raise Http404
    try:
        handle = kept.picture.open("rb")
    except OSError as error:
        raise Http404 from error
    response = FileResponse(
        handle, content_type=kept.picture_type, as_attachment=True, filename=kept.picture_name
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _readable(request: HttpRequest, delivery_id: int) -> Delivery:
    rows = Delivery.objects.select_related("publication", "slot__confirmed_by", "follows")
    delivery = get_object_or_404(rows, pk=delivery_id)
    if not may_read(request.user, delivery):
        raise PermissionDenied
    return delivery
