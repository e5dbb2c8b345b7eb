"""What the screen of one delivery shows: what is sent, what became of it, and what may be done."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.publishing import governed_page

from .conf import adapter_for
from .keepers import keeps
from .models import Attempt, Delivery, HandDelivery, Readers
from .outbox import is_for_person
from .previews import ChannelPreview, drawn
from .reasons import BY_HAND, words_of
from .standing import may_be_out

__all__ = ["DeliveryScreen", "ReadyText", "acts_for", "delivery_screen"]

State, Operation = Delivery.State, Delivery.Operation
_OVER = (State.SENT, State.CANCELLED, State.SUPERSEDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyText:
    """A text that is ready to be posted by hand; `permalink` is the message that it speaks of."""

    title: str
    text: str
    url: str
    picture: str = ""
    permalink: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryScreen:
    """One delivery as its screen shows it."""

    title: str
    why: str
    attempts: list[tuple[Attempt, str, str]]
    preview: ChannelPreview | None
    ready: ReadyText | None
    by_hand: HandDelivery | None
    readers: Readers | None
    acts: tuple[str, ...]


def delivery_screen(delivery: Delivery, user: Any) -> DeliveryScreen:
    """Return what *user* may see of *delivery* and do with it."""
    page = governed_page(delivery.page_id)
    acts = acts_for(delivery, user)
    return DeliveryScreen(
        title=page.title if page is not None else "",
        why=words_of(delivery),
        attempts=[(one, _kind(one), _outcome(one)) for one in delivery.log.all()],
        preview=_preview(delivery),
        ready=ready_text(delivery) if "record" in acts else None,
        by_hand=HandDelivery.objects.filter(delivery=delivery).select_related("by").first(),
        readers=Readers.objects.filter(delivery=delivery, told_at__isnull=False).first(),
        acts=acts,
    )


def acts_for(delivery: Delivery, user: Any) -> tuple[str, ...]:
    """Return what the channel's own unit may do with *delivery* now; nothing for others."""
    if delivery.state in _OVER or not keeps(user, delivery):
        return ()
    if delivery.state != State.SENDING and may_be_out(delivery):
        return ("look", "there", "absent")
    if delivery.state == State.SENDING:
        return ()
    acts = ["record"] if delivery.state in (State.HELD, State.FAILED) else []
    if acts and adapter_for(delivery.channel) is not None:
        acts.append("resume")
    if not (delivery.in_place and delivery.operation == Operation.WITHDRAW):
        acts.append("cancel")
    return tuple(acts)


def ready_text(delivery: Delivery) -> ReadyText:
    """Return what a person posts, or the message that a person takes down."""
    payload = delivery.payload
    earlier = str(payload.get("permalink", ""))
    if not earlier and delivery.follows is not None:
        earlier = delivery.follows.permalink
    if is_for_person(payload):
        title, text = _as_told(delivery)
        url, picture = payload.get("url", ""), payload.get("image_url", "")
        return ReadyText(title=title, text=text, url=url, picture=picture, permalink=earlier)
    preview = drawn(delivery.channel, payload)
    text = "\n\n".join(preview.shown.texts) or preview.shown.text
    return ReadyText(
        title=preview.shown.title,
        text=text,
        url=preview.shown.link,
        picture=preview.shown.image_url,
        permalink=earlier,
    )


def _as_told(delivery: Delivery) -> tuple[str, str]:
    """Return title and text, with what a correction changed at the head of its text."""
    payload = delivery.payload
    told = [payload.get("text", "")]
    if payload.get("note"):
        told.insert(0, gettext("What changed: %(note)s") % {"note": payload["note"]})
    if payload.get("reference"):
        told.append(gettext("Reference: %(number)s") % {"number": payload["reference"]})
    return payload.get("title", ""), "\n\n".join(filter(None, told))


def _preview(delivery: Delivery) -> ChannelPreview | None:
    payload = delivery.payload
    if not payload.get("title") and is_for_person(payload):
        return None
    by_hand = delivery.reason == BY_HAND or is_for_person(payload)
    return drawn(delivery.channel, payload, by_hand=by_hand)


_KINDS = {
    "send": _("sent to the service"),
    "edit": _("changed at the service"),
    "delete": _("deleted at the service"),
    "look": _("looked for"),
    "lease": _("the sender's time"),
    "hand": _("posted by hand"),
    "person": _("looked for by a person"),
    "settle": _("looked for by a person"),
}
_OUTCOMES = {
    "sent": _("it is out"),
    "found": _("it is there"),
    "absent": _("it is not there"),
    "not_sent": _("it did not leave"),
    "rejected": _("it was refused"),
    "held": _("somebody has to act"),
    "unknown": _("nobody knows"),
    "undecidable": _("it could not be told"),
}


def _kind(attempt: Attempt) -> str:
    return str(_KINDS.get(attempt.kind, attempt.kind))


def _outcome(attempt: Attempt) -> str:
    return str(_OUTCOMES.get(attempt.outcome, attempt.outcome))
