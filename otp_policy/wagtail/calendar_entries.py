"""The calendar of step 2: times per channel in a month, as one reader may see them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from .clashes import Clash, clashes_among, slots_around
from .conf import current_policy, office_day, office_timezone
from .models import Holiday, Slot, governed_models
from .models.choices import label_of
from .readership import Readership

_SHOWN = (*Slot.OPEN, Slot.State.USED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One time: whose, on which channel, and what stands against it."""

    slot: Slot
    channel: str
    unit: str
    # Empty for whoever has no part in the item: the time is taken, and by which unit, is enough.
    title: str
    has_part: bool
    clash: Clash | None
    near: list["Entry"] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of the calendar."""

    on: date
    holiday: str
    is_weekend: bool
    in_month: bool
    is_today: bool
    entries: list[Entry]


def entries_of(slots: Iterable[Slot], user: Any, *, clashing: dict[int, Clash]) -> list[Entry]:
    """Return *slots* as *user* may see them: a query per page type, and the person's posts."""
    slots = list(slots)
    others = [slot for clash in clashing.values() for slot in clash.near]
    pages = _pages({slot.page_id for slot in [*slots, *others]})
    readership = Readership(user)

    def entry(slot: Slot, clash: Clash | None, near: list[Entry]) -> Entry:
        page = pages.get(slot.page_id)
        unit = page.owning_unit if page is not None else None
        has_part = page is not None and readership.has_part(
            page.disclosure_category, unit.code if unit else ""
        )
        return Entry(
            slot=slot,
            channel=label_of("channels", slot.channel),
            unit=str(unit) if unit else "",
            title=page.get_admin_display_title() if has_part else "",
            has_part=has_part,
            clash=clash,
            near=near,
        )

    found = []
    for slot in slots:
        clash = clashing.get(slot.pk)
        near = [entry(other, None, []) for other in clash.near] if clash else []
        found.append(entry(slot, clash, near))
    return found


def _pages(keys: Iterable[int]) -> dict[int, Any]:
    keys = list(keys)
    return {
        page.pk: page
        for model in governed_models()
        for page in model.objects.filter(pk__in=keys)
        .select_related("owning_unit")
        .only("title", "draft_title", "owning_unit")
    }


def month_entries(first: date, user: Any, *, channel: str = "") -> list[Entry]:
    """Return the times in the month of *first*, its first day, in their order."""
    begins, ends = month_bounds(first)
    channels = [channel] if channel else list(current_policy().channels)
    slots = list(
        Slot.objects.filter(at__gte=begins, at__lt=ends, state__in=_SHOWN, channel__in=channels)
    )
    last = ends - timedelta(microseconds=1)
    clashing = clashes_among(slots_around([begins, last], channels=channels)) if slots else {}
    shown = {slot.pk for slot in slots}
    return entries_of(
        slots, user, clashing={key: one for key, one in clashing.items() if key in shown}
    )


def month_bounds(first: date) -> tuple[datetime, datetime]:
    """Return the first instant of the month of *first*, and that of the next month."""
    zone = office_timezone()
    begins = datetime(first.year, first.month, 1, tzinfo=zone)
    after = next_month(first)
    return begins, datetime(after.year, after.month, 1, tzinfo=zone)


def next_month(first: date) -> date:
    """Return the first day of the month after that of *first*."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def previous_month(first: date) -> date:
    """Return the first day of the month before that of *first*."""
    return (first.replace(day=1) - timedelta(days=1)).replace(day=1)


def weeks_of(first: date, entries: Iterable[Entry], *, begins_on: int) -> list[list[Day]]:
    """
    Return the weeks of the month of *first*, whole, each day with its entries.

    Args:
        begins_on: The weekday on which a week begins, 0 for Monday.
    """
    from calendar import Calendar

    weeks = Calendar(firstweekday=begins_on).monthdatescalendar(first.year, first.month)
    by_day: dict[date, list[Entry]] = {}
    for entry in entries:
        by_day.setdefault(office_day(entry.slot.at), []).append(entry)
    names = holiday_names(weeks[0][0], weeks[-1][-1])
    weekend, today = _weekend(), office_day()
    return [
        [
            Day(
                on=day,
                holiday=names.get(day, ""),
                is_weekend=day.weekday() in weekend,
                in_month=day.month == first.month,
                is_today=day == today,
                entries=by_day.get(day, []),
            )
            for day in week
        ]
        for week in weeks
    ]


def _weekend() -> frozenset[int]:
    from otp_policy.calendars import WorkingDays

    return WorkingDays.of(current_policy().calendar(on=office_day()), holidays=()).weekend


def holiday_names(first: date, last: date) -> dict[date, str]:
    """Return the names of the holidays from *first* to *last*, both included."""
    return {row.on: str(row) for row in Holiday.objects.filter(on__gte=first, on__lte=last)}
