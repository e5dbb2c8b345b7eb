"""
Step 2: the division proposes a time per channel, the channel's unit accepts, counter-proposes,
holds, or sends now (annex 1 steps 2 and 4). Confirming is that unit's order to publish then.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .adapters import ask, held_authority, latest_text
from .held import as_row
from .messages import under_step
from .models.slots import Slot
from .recording import record
from .refusals import PolicyRefusal
from .signals import slot_confirmed, slot_withheld


def open_slot(page_id: int, channel: str) -> Slot | None:
    """Return the open slot of the item on *channel*, locked for this transaction, or None."""
    slots = Slot.objects.select_for_update(of=("self",))
    return slots.filter(page_id=page_id, channel=channel, state__in=Slot.OPEN).first()


def _require(page: Any, action: str, user: Any, channel: str) -> None:
    decision = ask(page, action, user, channel=channel)
    if not decision.allowed:
        raise PolicyRefusal.of(decision, page.title)


def _record(action: str, asked: str, user: Any, page: Any, slot: Slot) -> None:
    held = held_authority(page, asked, user, channel=slot.channel)
    record(
        action,
        user=user,
        page_id=page.pk,
        digest=latest_text(page)[1],
        channel=slot.channel,
        **as_row(held),
        slot_at=slot.at.isoformat(),
        note=slot.note,
    )


@transaction.atomic
def propose(page: Any, user: Any, *, channel: str, at: datetime, note: str = "") -> Slot:
    """
    Propose *at* for *channel*, as the division; a new proposal takes the place of an open one.

    Raises:
        PolicyRefusal: If the policy does not let *user* propose for this item.
    """
    _require(page, "propose_slot", user, channel)
    slot = open_slot(page.pk, channel) or Slot(page_id=page.pk, channel=channel)
    slot.at, slot.note, slot.proposed_by = at, note, user
    slot.state, slot.confirmed_by = Slot.State.PROPOSED, None
    slot.save()
    _record("propose_slot", "propose_slot", user, page, slot)
    slot_withheld.send(sender=Slot, page=page, slot=slot)
    return slot


@transaction.atomic
def accept_counter(page: Any, user: Any, *, channel: str) -> Slot:
    """Take the time that the channel's unit proposed instead, as the division."""
    slot = _expect(page, channel, Slot.State.COUNTERED)
    return propose(page, user, channel=channel, at=slot.at)


@transaction.atomic
def confirm(page: Any, user: Any, *, channel: str, at: datetime | None = None) -> Slot:
    """
    Confirm the slot on *channel*, as the unit that owns it.

    Args:
        at: The time that the person was shown; refused if the slot has moved since.

    Raises:
        PolicyRefusal: If the policy does not allow it, or there is no such slot to confirm.
    """
    slot = open_slot(page.pk, channel)
    _require(page, "confirm_slot", user, channel)
    if slot is None or slot.state == Slot.State.CONFIRMED or (at is not None and at != slot.at):
        raise PolicyRefusal(page.title, also=[_moved()])
    # What was noted on holding it, or on another time, is over; the ledger keeps it.
    slot.state, slot.confirmed_by, slot.note = Slot.State.CONFIRMED, user, ""
    slot.save()
    _record("confirm_slot", "confirm_slot", user, page, slot)
    slot_confirmed.send(sender=Slot, page=page, slot=slot)
    return slot


@transaction.atomic
def counter(page: Any, user: Any, *, channel: str, at: datetime, note: str = "") -> Slot:
    """Propose another time, as the unit that owns the channel; the division answers."""
    slot = _owned(page, user, channel)
    slot.at, slot.note = at, note
    slot.state, slot.confirmed_by = Slot.State.COUNTERED, None
    slot.save()
    _record("counter_slot", "confirm_slot", user, page, slot)
    slot_withheld.send(sender=Slot, page=page, slot=slot)
    return slot


@transaction.atomic
def hold(page: Any, user: Any, *, channel: str, note: str) -> Slot:
    """Hold the item back on *channel*, with the reason, as the unit that owns it."""
    slot = _owned(page, user, channel)
    slot.state, slot.note = Slot.State.HELD, note
    slot.save()
    _record("hold_slot", "confirm_slot", user, page, slot)
    slot_withheld.send(sender=Slot, page=page, slot=slot)
    return slot


@transaction.atomic
def send_now(page: Any, user: Any, *, channel: str) -> Slot:
    """Bring the confirmed time forward to now, as the unit that owns the channel."""
    slot = _owned(page, user, channel)
    slot.at, slot.note = timezone.now(), ""
    slot.state, slot.confirmed_by = Slot.State.CONFIRMED, user
    slot.save()
    _record("send_now", "confirm_slot", user, page, slot)
    slot_confirmed.send(sender=Slot, page=page, slot=slot)
    return slot


def _owned(page: Any, user: Any, channel: str) -> Slot:
    slot = open_slot(page.pk, channel)
    _require(page, "confirm_slot", user, channel)
    if slot is None:
        raise PolicyRefusal(page.title, also=[_moved()])
    return slot


def _expect(page: Any, channel: str, state: str) -> Slot:
    slot = open_slot(page.pk, channel)
    if slot is None or slot.state != state:
        raise PolicyRefusal(page.title, also=[_moved()])
    return slot


def _moved() -> str:
    return under_step(
        _("The time has been changed meanwhile. Look at the schedule again."), "confirm_slot"
    )
