"""Announcement 3: how long a step may wait, in the working days of the office."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from otp_policy import load_policy
from otp_policy.calendars import WorkingDays
from otp_policy.waits import Stage, stages_reached, waits_until

POLICY = load_policy("tpso")
BANGKOK = ZoneInfo("Asia/Bangkok")
DAY = date(2026, 12, 1)
HOLIDAYS = (date(2026, 12, 7), date(2026, 12, 10))


def instant(day, hour=10, minute=30):
    return datetime(2026, 12, day, hour, minute, tzinfo=BANGKOK)


def working_days(*, holidays=HOLIDAYS):
    return WorkingDays.of(POLICY.calendar(on=DAY), holidays=holidays)


def due(action, stage, since, *, urgent=False, holidays=HOLIDAYS):
    wait = POLICY.wait(action, on=DAY)
    return waits_until(
        wait, stage, since=since, urgent=urgent, working_days=working_days(holidays=holidays)
    )


# 2026-12-01 is a Tuesday; 5 and 6 are a weekend, 7 and 10 are holidays.
@pytest.mark.parametrize(
    ("action", "stage", "since", "expected"),
    [
        ("endorse", Stage.REMIND, instant(1), instant(3)),
        ("endorse", Stage.ESCALATE, instant(1), instant(8)),
        ("approve", Stage.REMIND, instant(4), instant(9)),
        ("approve", Stage.ESCALATE, instant(4), instant(14)),
        ("confirm_slot", Stage.REMIND, instant(4), instant(8)),
        ("propose_slot", Stage.ESCALATE, instant(3), instant(9)),
        ("endorse", Stage.REMIND, instant(5), instant(9)),  # a wait that begins on a Saturday
    ],
)
def test_working_days_leave_out_weekends_and_holidays(action, stage, since, expected):
    assert due(action, stage, since) == expected


def test_without_holidays_the_same_wait_ends_sooner():
    assert due("approve", Stage.REMIND, instant(4), holidays=()) == instant(8)


def test_what_is_urgent_is_counted_in_hours_days_off_or_not():
    friday_night = instant(4, 23, 0)
    assert due("approve", Stage.REMIND, friday_night, urgent=True) == instant(5, 0, 0)
    assert due("approve", Stage.ESCALATE, friday_night, urgent=True) == instant(5, 2, 0)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (instant(3, 10, 29), ()),
        (instant(3, 10, 30), (Stage.REMIND,)),
        (instant(8, 10, 29), (Stage.REMIND,)),
        (instant(8, 10, 30), (Stage.REMIND, Stage.ESCALATE)),
    ],
)
def test_a_stage_is_reached_at_its_very_minute(now, expected):
    wait = POLICY.wait("endorse", on=DAY)
    found = stages_reached(
        wait, since=instant(1), now=now, urgent=False, working_days=working_days()
    )
    assert found == expected


def test_only_what_somebody_is_asked_for_waits_and_only_while_the_policy_is_in_force():
    assert POLICY.wait("publish", on=DAY) is None
    assert POLICY.wait("approve", on=date(2019, 5, 24)) is None
    assert POLICY.wait("approve", on=date(2019, 5, 25)).escalate_to == (
        "office_director",
        "web_publisher",
    )


def test_an_office_may_wait_for_as_long_as_it_says():
    town = load_policy("example_municipality")
    assert town.wait("approve", on=DAY).escalate_after_working_days == 2
    assert instant(1) + timedelta(days=1) == waits_until(
        town.wait("approve", on=DAY),
        Stage.REMIND,
        since=instant(1),
        urgent=False,
        working_days=working_days(),
    )
