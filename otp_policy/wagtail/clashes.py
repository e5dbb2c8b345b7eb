"""Times on one channel that are too near to each other, or too many for one day."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q

from .conf import office_day, office_timezone, slots_a_day, slots_apart
from .models.slots import Slot

# What goes out, has gone out, or may yet: a held item keeps nobody from its time.
CLASHING = (Slot.State.PROPOSED, Slot.State.COUNTERED, Slot.State.CONFIRMED, Slot.State.USED)


@dataclass(slots=True)
class Clash:
    """What stands against a time: the other slots near it, and the limit of its day."""

    near: list[Slot] = field(default_factory=list)
    # How many times a day the channel takes; None while they are not too many.
    a_day: int | None = None

    def __bool__(self) -> bool:
        return bool(self.near) or self.a_day is not None


def clashes_among(slots: Iterable[Slot]) -> dict[int, Clash]:
    """Return what stands against each of *slots*, by its key; those without a clash are absent."""
    by_channel: dict[str, list[Slot]] = {}
    for slot in sorted(slots, key=lambda slot: (slot.at, slot.pk or 0)):
        if slot.state in CLASHING:
            by_channel.setdefault(slot.channel, []).append(slot)
    found: dict[int, Clash] = {}
    for channel, row in by_channel.items():
        _near(row, slots_apart(channel), found)
        _too_many(row, slots_a_day(channel), found)
    return found


def _near(row: Sequence[Slot], apart: timedelta, found: dict[int, Clash]) -> None:
    for index, slot in enumerate(row):
        for other in row[index + 1 :]:
            if other.at != slot.at and other.at - slot.at >= apart:
                break
            if slot.state == other.state == Slot.State.USED:
                continue  # Both went out: there is nothing to decide any more.
            found.setdefault(slot.pk, Clash()).near.append(other)
            found.setdefault(other.pk, Clash()).near.append(slot)


def _too_many(row: Sequence[Slot], most: int | None, found: dict[int, Clash]) -> None:
    if most is None:
        return
    by_day: dict[date, list[Slot]] = {}
    for slot in row:
        by_day.setdefault(office_day(slot.at), []).append(slot)
    for on_day in by_day.values():
        if len(on_day) > most:
            for slot in on_day:
                found.setdefault(slot.pk, Clash()).a_day = most


def clash_of(page_id: int, *, channel: str, at: datetime) -> Clash | None:
    """Return what would stand against *at* for the item on *channel*: one query."""
    asked = Slot(pk=0, page_id=page_id, channel=channel, at=at, state=Slot.State.PROPOSED)
    others = slots_around([at], channels=[channel]).exclude(
        # The item's own open slot is the one that would move.
        Q(page_id=page_id) & Q(state__in=Slot.OPEN)
    )
    return clashes_among([asked, *others]).get(0)


def slots_around(instants: Collection[datetime], *, channels: Collection[str]):
    """Return the slots from which a clash with one of *instants* may come, as a queryset."""
    apart = max((slots_apart(channel) for channel in channels), default=timedelta())
    zone = office_timezone()
    begins = min(instants).astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    ends = max(instants).astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return Slot.objects.filter(
        channel__in=channels,
        state__in=CLASHING,
        at__gt=min(begins, min(instants) - apart) - timedelta(microseconds=1),
        at__lt=max(ends + timedelta(days=1), max(instants) + apart),
    )
