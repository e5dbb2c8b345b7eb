"""Puts messages into the outbox, in the transaction that makes them due."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from otp_policy.channels.base import Notice
from otp_policy.wagtail.models import Publication, Slot
from otp_policy.wagtail.recording import record

from .conf import adapter_for
from .models import Delivery


def enqueue_confirmed(page: Any, publication: Publication) -> list[Delivery]:
    """Enqueue the live *page* for every channel whose slot is confirmed."""
    slots = Slot.objects.filter(page_id=page.pk, state=Slot.State.CONFIRMED)
    return [enqueue(page, publication, slot) for slot in slots]


@transaction.atomic
def enqueue(page: Any, publication: Publication, slot: Slot) -> Delivery:
    """
    Write the delivery of *page* on the slot's channel, frozen, and use up the slot.

    Without credentials the channel is posted by hand: the delivery is held for its owner unit.
    """
    reference = f"{page.pk}-{publication.pk}-{slot.pk}-{publication.digest[7:13]}"
    notice = notice_of(page, reference)
    adapter = adapter_for(slot.channel)
    delivery, made = Delivery.objects.get_or_create(
        page_id=page.pk,
        channel=slot.channel,
        operation="publish",
        publication=publication,
        defaults={
            "slot": slot,
            "reference": reference,
            "payload": adapter.render(notice) if adapter else _by_hand(notice),
            "state": Delivery.State.PENDING if adapter else Delivery.State.HELD,
            "error_class": "" if adapter else "person",
            "detail": "" if adapter else "no credentials: the owner unit posts this by hand",
            "due_at": max(slot.at, timezone.now()),
        },
    )
    if made:
        slot.state = Slot.State.USED
        slot.save()
        record(
            "enqueue",
            user=slot.confirmed_by,
            page_id=page.pk,
            digest=publication.digest,
            channel=slot.channel,
            reference=reference,
        )
    return delivery


def notice_of(page: Any, reference: str) -> Notice:
    """Return what the office tells about *page*: the texts that its approval covers."""
    texts = page.channel_texts()
    return Notice(
        title=texts["title"], text=texts["text"], url=page.disclosure_url(), reference=reference
    )


def _by_hand(notice: Notice) -> dict[str, str]:
    return {"title": notice.title, "text": notice.text, "url": notice.url}
