"""
In which order rows of the outbox are locked, wherever more than one is.

1. the slot (`Slot`), several in the order of their keys;
2. the channel's row (`ChannelSwitch`);
3. deliveries (`Delivery`), of one channel in the order of their keys;
4. what is only ever added (`Attempt`, `HandDelivery`), and last the head of the ledger, which
   `recording` locks.

INVARIANT: whoever holds a lock takes none that stands before it. A dispatcher that chose its next
message held the message and asked for the channel, while another that claimed that message held
the channel and asked for the message: PostgreSQL ended one of the two (a deadlock).

The locks are `FOR NO KEY UPDATE`: a row that points to a locked one may be added meanwhile.
SQLite has one writer at a time, and no locks of rows.
"""

from typing import Any

from django.db.models import QuerySet

from otp_policy.wagtail.models import Slot

from .models import Delivery
from .switches import ChannelSwitch

__all__ = ["locked_delivery", "locked_slot", "locked_switch"]


def locked_slot(key: int) -> Slot:
    """Return the slot *key*, locked for this transaction: before its channel and its delivery."""
    return Slot.objects.select_for_update(of=("self",), no_key=True).get(pk=key)


def locked_switch(channel: str) -> ChannelSwitch:
    """Return the row of *channel*, locked for this transaction: before any delivery."""
    switches = ChannelSwitch.objects.select_for_update(of=("self",), no_key=True)
    return switches.get_or_create(channel=channel)[0]


def locked_delivery(key: int, *, with_slot: bool = False) -> Delivery:
    """
    Return the delivery *key* with what hangs on it, locked for this transaction.

    Args:
        with_slot: Locks its slot too, before it, for whoever is going to write that.
    """
    rows: QuerySet[Delivery, Any] = Delivery.objects.select_related(
        "publication", "slot__confirmed_by", "follows"
    )
    if with_slot:
        locked_slot(Delivery.objects.values_list("slot_id", flat=True).get(pk=key))
    return rows.select_for_update(of=("self",), no_key=True).get(pk=key)
