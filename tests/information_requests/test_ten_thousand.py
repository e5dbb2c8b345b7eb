"""Ten thousand cases with a year of events: no due date is wrong, nor after late holidays."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

from otp_policy.wagtail.information_requests.models import CaseEvent, InformationRequest
from otp_policy.wagtail.information_requests.reclocking import reclock, reclock_if_changed
from otp_policy.wagtail.models import Holiday, Unit

from .cases import move, new_case, on_day

COUNT, BY_MOVES = 10_000, 60
FIRST, LAST = date(2025, 12, 1), date(2026, 11, 30)
DAY = timedelta(days=1)
BEGINS = {"clarification_asked": "clarified", "third_party_notified": "objection_period_ended"}
ENDS = {end: begin for begin, end in BEGINS.items()}
KNOWN = {date(2025, 12, 31), date(2026, 1, 1), date(2026, 4, 13), date(2026, 4, 14)}
LATE = {
    date(2026, 1, 2),
    date(2026, 4, 15),
    date(2026, 7, 29),
    date(2026, 12, 7),
    date(2026, 12, 8),
}


def due_day(received: date, events: list[tuple[str, date, Any]], holidays: set[date]) -> Any:
    """
    Walk through the days one by one, as a clerk would with a calendar on the wall.

    Written from the words at the head of the law file, and from no code: fifteen calendar days,
    weekends and holidays move only the last one, and what stands is not counted.
    """
    left, not_before, due, standing = 15, received, None, set()
    day = received
    while True:
        stood_this_morning = bool(standing)
        if day > received and due is None and not stood_this_morning:
            left = max(0, left - 1)
        is_off = day.weekday() >= 5 or day in holidays
        if due is None and not left and not stood_this_morning and day >= not_before and not is_off:
            due = day
        for kind, _on, until in [event for event in events if event[1] == day]:
            if kind in BEGINS:
                standing.add(kind)
            elif kind in ENDS:
                standing.discard(ENDS[kind])
            elif kind == "extended" and (due is None or day <= due):
                left, not_before, due = (until - day).days, until, None
        if all(event[1] <= day for event in events) and (due is not None or standing):
            return due
        day += DAY


def history(dice: random.Random) -> tuple[date, list[tuple[str, date, Any]]]:
    """Return a day of receipt and what a careful clerk might have recorded since."""
    received = FIRST + DAY * dice.randrange((LAST - FIRST).days)
    events: list[tuple[str, date, Any]] = []
    on = received
    for _ in range(dice.choice((0, 1, 1, 2, 2, 3, 4, 6))):
        on += DAY * dice.choice((0, 1, 1, 2, 3, 5, 9, 20))
        if on > LAST:
            break
        due = due_day(received, events, KNOWN)
        standing = {ENDS.get(kind, kind) for kind, *_ in events if kind != "extended"}
        counts = Counter(kind for kind, *_ in events)
        standing = {kind for kind in standing if counts[kind] > counts[BEGINS[kind]]}
        kind = dice.choice((*BEGINS, "extended"))
        if kind == "extended":
            if due is not None and on > due:
                continue
            until = max(due or on, on) + DAY * dice.randrange(1, 40)
            events.append((kind, on, until))
        else:
            events.append((BEGINS[kind] if kind in standing else kind, on, None))
    return received, events


def test_no_due_date_of_ten_thousand_is_wrong(office):
    Holiday.objects.bulk_create(Holiday(on=day, name_th="วันหยุด") for day in KNOWN)
    dice = random.Random(2540)
    told = [history(dice) for _ in range(COUNT)]
    put_in(told)
    with on_day(LAST):
        reclock()
        assert wrong(told, KNOWN) == []
        before = dict(InformationRequest.objects.values_list("number", "due_on"))
        Holiday.objects.bulk_create(Holiday(on=day, name_th="วันหยุดพิเศษ") for day in LATE)
        moved = reclock_if_changed()
        assert wrong(told, KNOWN | LATE) == []
    after = dict(InformationRequest.objects.values_list("number", "due_on"))
    changed = {number for number in after if after[number] != before[number]}
    assert len(changed) == moved > 100
    said = CaseEvent.objects.filter(kind="reclocked", facts__before__isnull=False)
    assert changed <= set(said.values_list("case__number", flat=True))
    # The walk met every kind of event, and cases that stand.
    assert {kind for _day, events in told for kind, *_ in events} == {*BEGINS, *ENDS, "extended"}
    assert InformationRequest.objects.filter(due_on=None).count() > 500


def put_in(told: list[Any]) -> None:
    """Write the rows as the moves would have: without their letters and their notices."""
    owner, at = Unit.objects.get(code="data_centre"), datetime(2026, 11, 30, tzinfo=UTC)
    cases = InformationRequest.objects.bulk_create(
        InformationRequest(
            year=2569,
            number=number,
            secret_digest="",
            via="web",
            wants="copy",
            language="th",
            received_on=received,
            registered_at=at,
            clock="information_request",
            owner=owner,
        )
        for number, (received, _events) in enumerate(told, start=1)
    )
    CaseEvent.objects.bulk_create(
        CaseEvent(case=case, kind=kind, on=on, until=until, at=at)
        for case, (_received, events) in zip(cases, told, strict=True)
        for kind, on, until in events
    )


def wrong(told: list[Any], holidays: set[date]) -> list[Any]:
    """Return the cases whose stored day is not the one that was walked to."""
    stored = dict(InformationRequest.objects.values_list("number", "due_on"))
    found = []
    for number, (received, events) in enumerate(told, start=1):
        due = due_day(received, events, holidays)
        if stored[number] != due:
            found.append((received, events, stored[number], due))
    return found


def test_moves_come_to_the_same_days_as_the_walk(office):
    Holiday.objects.bulk_create(Holiday(on=day, name_th="วันหยุด") for day in KNOWN)
    dice = random.Random(15)
    for _ in range(BY_MOVES):
        received, events = history(dice)
        with on_day(received):
            case = new_case()
        for number, (kind, on, until) in enumerate(events, start=1):
            with on_day(on):
                more = {"until": until} if until else {"note": "เหตุผล"}
                move(office, case, kind, **more)
            assert case.due_on == due_day(received, events[:number], KNOWN), events[:number]
