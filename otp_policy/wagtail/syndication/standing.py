"""What stands on the channels of one item: what is out, what is owed, what was taken back."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Q, prefetch_related_objects

from .models import Delivery

State, Operation = Delivery.State, Delivery.Operation

# Nothing of these will be sent any more, and nothing of them is out.
_OVER = (State.CANCELLED, State.SUPERSEDED)
# Of an attempt that nobody knows the end of, this kind of row says that nothing came of it.
SETTLED = "settle"


@dataclass(slots=True)
class Standing:
    """
    What one channel has of one item.

    `out` is the message that is, or may be, there for the public: what a follow-up changes.
    `owed` surely never went out. `taking_back` is the last withdrawal, settled or not, and
    `of_before` what was there before the item was last down. `over` was given up.
    """

    out: Delivery | None = None
    owed: list[Delivery] = field(default_factory=list)
    over: list[Delivery] = field(default_factory=list)
    taking_back: Delivery | None = None
    of_before: Delivery | None = None


def standing_of(page_id: int, *channels: str) -> dict[str, Standing]:
    """Return by channel what stands of the item, on *channels* or on all."""
    rows = Delivery.objects.filter(page_id=page_id).order_by()
    if channels:
        rows = rows.filter(channel__in=channels)
    deliveries = sorted(rows, key=lambda delivery: delivery.pk)
    # Nothing went out yet of most items that are published: what hangs on it is read apart.
    prefetch_related_objects(deliveries, "publication", "slot__confirmed_by")
    found: dict[str, Standing] = defaultdict(Standing)
    for delivery in deliveries:
        _add(found[delivery.channel], delivery)
    return found


def _add(standing: Standing, delivery: Delivery) -> None:
    if delivery.state in _OVER:
        standing.over.append(delivery)
    elif delivery.operation == Operation.WITHDRAW:
        standing.out, standing.taking_back = None, delivery
    elif may_be_out(delivery):
        standing.out = delivery
    else:
        standing.owed.append(delivery)


def may_be_out(delivery: Delivery) -> bool:
    """
    Tell whether the public may have what *delivery* sends: sent, being sent, or not known.

    A change in place is no message of its own: until it is done, what it changes is out.
    """
    if delivery.state in (State.SENT, State.SENDING):
        return True
    if delivery.in_place:
        return False
    if delivery.state == State.UNKNOWN:
        return True
    return delivery.state == State.HELD and bool(delivery.attempts) and is_unsettled(delivery)


def is_unsettled(delivery: Delivery) -> bool:
    """Tell whether an attempt is on record whose end was never found out."""
    telling = Q(outcome=State.UNKNOWN) | Q(kind=SETTLED)
    last = delivery.log.filter(telling).order_by("-pk").first()
    return last is not None and last.kind != SETTLED


def what_is_changed(delivery: Delivery) -> Delivery | None:
    """
    Return the earlier delivery whose message *delivery* changes or takes back.

    A change in place that was not carried out is passed over: what it was to change is still
    there. One that is being carried out has to be waited for.
    """
    earlier = delivery.follows
    while earlier is not None and _came_to_nothing(earlier):
        earlier = earlier.follows
    return earlier


def _came_to_nothing(earlier: Delivery) -> bool:
    changes = earlier.in_place and earlier.operation == Operation.CORRECT
    return changes and earlier.state not in (State.SENT, State.SENDING)
