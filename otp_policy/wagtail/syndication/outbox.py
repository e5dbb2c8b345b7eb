"""Puts messages into the outbox, in the transaction that makes them due."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from otp_policy.channels.base import Notice, NoticeKind
from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.held import NOTHING_HELD, as_row, held_at_confirmations
from otp_policy.wagtail.models import Publication, Slot
from otp_policy.wagtail.recording import record, record_all

from . import reasons
from .conf import adapter_for
from .models import Delivery
from .pictures import picture_of
from .standing import is_unsettled

State, Operation = Delivery.State, Delivery.Operation


def message(
    page: Any,
    publication: Publication,
    slot: Slot,
    *,
    operation: str = Operation.PUBLISH,
    note: str = "",
    follows: Delivery | None = None,
    in_place: bool = False,
) -> Delivery:
    """
    Return the delivery, frozen and not yet saved, that tells of *page* on the slot's channel.

    Without credentials its owner unit carries it out by hand, with a text that is ready.
    """
    reference = _reference(page.pk, publication, slot, operation)
    notice = notice_of(page, reference, operation=operation, note=note, image_url=picture_of(page))
    if in_place and follows is not None:
        notice = as_there(notice, follows)
    adapter = adapter_for(slot.channel)
    return Delivery(
        page_id=page.pk,
        channel=slot.channel,
        operation=operation,
        in_place=in_place,
        publication=publication,
        slot=slot,
        follows=follows,
        reference=reference,
        url=notice.url,
        payload=adapter.render(notice) if adapter else as_text(notice, follows),
        due_at=when(slot),
        **_first_state(slot.channel),
    )


def as_there(notice: Notice, out: Delivery) -> Notice:
    """Return *notice* with what stays of the message *out* whose text it takes the place of."""
    reference = out.payload.get("reference", out.reference)
    return replace(notice, reference=reference, image_url=out.payload.get("image_url", ""))


def take_back(
    delivery: Delivery, *, in_place: bool, notice: Notice | None = None, user: Any = None
) -> Delivery:
    """Return the delivery, not yet saved, that takes *delivery* back or says that it was."""
    adapter = adapter_for(delivery.channel)
    reference = _reference(
        delivery.page_id, delivery.publication, delivery.slot, Operation.WITHDRAW
    )
    payload: dict[str, Any] = {}
    if notice is not None and adapter:
        payload = adapter.render(replace(notice, reference=reference))
    elif not adapter:
        payload = as_text(notice, delivery)
    return Delivery(
        page_id=delivery.page_id,
        channel=delivery.channel,
        operation=Operation.WITHDRAW,
        in_place=in_place,
        publication=delivery.publication,
        slot=delivery.slot,
        follows=delivery,
        reference=reference,
        url=delivery.url,
        payload=payload,
        due_at=timezone.now(),
        **_first_state(delivery.channel),
    )


def _reference(page_id: int, publication: Publication, slot: Slot, operation: str) -> str:
    mark = "" if operation == Operation.PUBLISH else f"-{operation[0]}"
    return f"{page_id}-{publication.pk}-{slot.pk}-{publication.digest[7:13]}{mark}"


def _first_state(channel: str) -> dict[str, Any]:
    if adapter_for(channel):
        return {"state": State.PENDING}
    return {"state": State.HELD, "error_class": "person", "reason": reasons.BY_HAND}


def when(slot: Slot) -> datetime:
    """Return when what is owed for *slot* is due: at its time, which may have passed."""
    return max(slot.at, timezone.now())


def save_all(deliveries: Sequence[Delivery], *, over: Iterable[Delivery] = ()) -> list[Delivery]:
    """
    Save what is owed, in the agreed order: by time, then as the policy names the channels.

    Of a publication every channel has one delivery for each operation: one of those that are
    *over* is taken up again, and keeps its number and its attempts.
    """
    given_up = {(one.channel, one.operation, one.publication_id): one for one in over}
    places = {channel: number for number, channel in enumerate(current_policy().channels)}
    made = sorted(deliveries, key=lambda one: (one.slot.at, places.get(one.channel, 0)))
    for one in made:
        if old := given_up.get((one.channel, one.operation, one.publication_id)):
            one.pk, one.fence, one.attempts = old.pk, old.fence + 1, old.attempts
            one.created_at = old.created_at
            one.save(force_update=True)
    first = [one for one in made if one.pk is None and (not one.follows or one.follows.pk)]
    Delivery.objects.bulk_create(first)
    for one in made:
        if one.pk is None:
            one.follows = one.follows  # which has its number now
            one.save(force_insert=True)
    _note(made)
    return made


def _note(deliveries: Sequence[Delivery]) -> None:
    """Record what is owed; a slot whose message is posted by hand is used up."""
    for delivery in deliveries:
        slot = delivery.slot
        if delivery.state == State.HELD and slot.state == Slot.State.CONFIRMED:
            slot.state = Slot.State.USED
            slot.save(update_fields=["state"])
    if deliveries:
        held = held_at_confirmations(deliveries[0].page_id)
        record_all(
            {
                "action": "enqueue",
                "user": delivery.orderer,
                **row_of(delivery),
                **held.get(delivery.channel, as_row(NOTHING_HELD)),
                **_by_hand(delivery),
            }
            for delivery in deliveries
        )


def _by_hand(delivery: Delivery) -> dict[str, str]:
    """Return what the row of a task for a person says, so that its unit is told of it."""
    is_task = delivery.state == State.HELD and delivery.reason == reasons.BY_HAND
    return {"by_hand_from": delivery.due_at.isoformat()} if is_task else {}


def row_of(delivery: Delivery) -> dict[str, Any]:
    """Return what every row of the ledger says of *delivery*."""
    row = {
        "page_id": delivery.page_id,
        "digest": delivery.publication.digest,
        "channel": delivery.channel,
        "reference": delivery.reference,
    }
    if delivery.operation != Operation.PUBLISH:
        row["operation"] = str(delivery.operation)
    return row


def release(delivery: Delivery, slot: Slot, *, page: Any) -> None:
    """Let a delivery go at the time of *slot*, unless an attempt may have carried it out."""
    # INVARIANT: what cannot be told stays unknown. Only what surely never went out is sent anew.
    if delivery.attempts and is_unsettled(delivery):
        return
    Delivery.objects.filter(
        pk=delivery.pk,
        fence=delivery.fence,
        state__in=(State.PENDING, State.HELD, State.FAILED),
    ).update(
        slot=slot,
        **frozen_again(delivery, slot, page=page),
        state=State.PENDING,
        due_at=when(slot),
        fence=delivery.fence + 1,
        lease_until=None,
        error_class="",
        reason="",
        detail="",
    )


def frozen_again(delivery: Delivery, slot: Slot, *, page: Any) -> dict[str, Any]:
    """
    Return what has to be new in a delivery that surely never went out, before it goes again.

    A text that was ready for a person is no payload, once the channel has got its access data.
    A service forgets a retry key after a day: the claim makes another.
    """
    values: dict[str, Any] = {}
    if delivery.reason == reasons.BY_HAND and page is not None:
        again = {"operation": delivery.operation, "follows": delivery.follows}
        values["payload"] = message(page, delivery.publication, slot, **again).payload
    return values


def withhold(slot: Slot) -> None:
    """Hold what is owed for *slot*: its unit, or the division, has taken the time back."""
    Delivery.objects.filter(slot=slot, state=State.PENDING).update(
        state=State.HELD, reason=reasons.SLOT_WITHHELD, detail=slot.note
    )


@transaction.atomic(savepoint=False)
def give_up(
    deliveries: Iterable[Delivery], state: str, *, reason: str, user: Any
) -> list[Delivery]:
    """End what surely never went out, and return what could not be ended: its call has begun."""
    kept = []
    for delivery in deliveries:
        ended = Delivery.objects.filter(
            pk=delivery.pk, fence=delivery.fence, state=delivery.state
        ).update(state=state, reason=reason, fence=delivery.fence + 1, lease_until=None)
        if not ended:
            kept.append(delivery)
            continue
        delivery.state = state
        action = "cancel_delivery" if state == State.CANCELLED else "supersede_delivery"
        record(action, user=user, **row_of(delivery))
    return kept


def notice_of(
    page: Any,
    reference: str,
    *,
    operation: str = Operation.PUBLISH,
    note: str = "",
    image_url: str = "",
) -> Notice:
    """Return what the office tells about *page*: the texts that its approval covers."""
    texts = page.channel_texts()
    return Notice(
        title=texts["title"],
        text=texts["text"],
        url=page.announced_url(),
        reference=reference,
        image_url=image_url,
        kind=NoticeKind(operation),
        note=note,
        on=office_day() if operation != Operation.PUBLISH else None,
    )


def as_text(notice: Notice | None, earlier: Delivery | None = None) -> dict[str, str]:
    """Return a text that is ready to be posted by hand, and where the earlier message is."""
    ready = {"permalink": earlier.permalink} if earlier is not None else {}
    if notice is None:
        return ready
    words = {
        "title": notice.title,
        "text": notice.text,
        "url": notice.url,
        "reference": notice.reference,
        "image_url": notice.image_url,
        "note": notice.note,
        "on": notice.on.isoformat() if notice.on else "",
    }
    return ready | {name: value for name, value in words.items() if value or name in _ALWAYS}


_ALWAYS = frozenset({"title", "text", "url", "reference"})
_SOMETIMES = frozenset({"image_url", "note", "on", "permalink"})


def is_for_person(payload: Mapping[str, Any]) -> bool:
    """Tell whether *payload* is a text for a person; what an adapter made has other parts."""
    return payload.keys() <= _ALWAYS | _SOMETIMES
