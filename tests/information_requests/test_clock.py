"""When a case is due: by hand, with holidays that come late, and for ten thousand cases."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from otp_policy.wagtail.information_requests import rounds
from otp_policy.wagtail.information_requests.clock import deadline_of
from otp_policy.wagtail.information_requests.clock_words import words_of
from otp_policy.wagtail.information_requests.models import CaseEvent, InformationRequest
from otp_policy.wagtail.information_requests.reclocking import reclock_if_changed
from otp_policy.wagtail.models import Holiday, LedgerEntry

from .cases import move, new_case, on_day

CASES = tomllib.loads(Path(__file__).with_name("clock_cases.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["case"], ids=lambda case: case["why"][:60])
def test_a_due_day_is_the_one_that_was_worked_out_by_hand(office, case):
    for day in case.get("holidays", []):
        Holiday.objects.create(on=day, name_th="วันหยุด")
    with on_day(case["received"]):
        found = new_case()
    for event in case.get("events", []):
        with on_day(event["on"]):
            more = {"until": event["until"]} if "until" in event else {}
            if event["kind"] == "objection_period_ended":
                more["note"] = "ได้รับคำตอบก่อนกำหนด"
            move(office, found, event["kind"], **more)
    assert found.due_on == case.get("due")
    assert found.is_paused is ("due" not in case)


def test_a_holiday_that_is_added_late_moves_open_cases_and_says_so(office):
    with on_day("2026-11-23"):
        one, closed = new_case(), new_case()
        move(office, closed, "decided", outcome="full")
        Holiday.objects.create(on=date(2026, 12, 8), name_th="วันหยุดพิเศษ")
    one.refresh_from_db()
    closed.refresh_from_db()
    assert (one.due_on, closed.due_on) == (date(2026, 12, 9), date(2026, 12, 8))
    event = one.events.get(kind="reclocked")
    assert event.facts == {"before": "2026-12-08", "after": "2026-12-09"}
    assert not closed.events.filter(kind="reclocked").exists()
    assert LedgerEntry.objects.filter(action="request_reclocked").count() == 1


def test_a_holiday_that_is_taken_away_moves_them_back(office):
    with on_day("2026-11-23"):
        holiday = Holiday.objects.create(on=date(2026, 12, 8), name_th="วันหยุดพิเศษ")
        case = new_case()
        assert case.due_on == date(2026, 12, 9)
        holiday.delete()
    case.refresh_from_db()
    assert case.due_on == date(2026, 12, 8)


def test_holidays_that_came_past_the_signals_are_found_by_the_round(office):
    with on_day("2026-11-23"):
        case = new_case()
        reclock_if_changed()
        Holiday.objects.bulk_create([Holiday(on=date(2026, 12, 8), name_th="วันหยุดพิเศษ")])
        assert rounds.run()["moved"] == 1
        assert reclock_if_changed() == 0
    case.refresh_from_db()
    assert case.due_on == date(2026, 12, 9)


def test_the_working_is_shown_in_the_readers_language(office):
    from django.utils import translation

    with on_day("2026-11-23"):
        case = new_case()
        Holiday.objects.create(on=date(2026, 12, 8), name_th="วันหยุดพิเศษ")
        answer = deadline_of(case)
    with translation.override("en"):
        english = [line.words for line in words_of(answer)]
    assert english[0] == "received, not counted"
    assert english[-2:] == ["day 15 of 15, holiday", "due"]
    with translation.override("th"):
        assert words_of(answer)[-1].words == "ถึงกำหนด"


@pytest.mark.parametrize(
    ("kind", "more", "code"),
    [
        ("clarified", {}, "does_not_stand"),
        ("objection_period_ended", {}, "does_not_stand"),
        ("delivered", {}, "not_decided"),
        ("extended", {"until": "2026-12-08"}, "until"),
        ("extended", {}, "until"),
        ("extended", {"until": "2026-12-20", "note": " "}, "note_missing"),
        ("clarification_asked", {"note": ""}, "note_missing"),
        ("forwarded", {"note": ""}, "note_missing"),
        ("decided", {}, "outcome_missing"),
        ("decided", {"outcome": "forwarded"}, "outcome_missing"),
        ("decided", {"outcome": "refused", "note": "เหตุผล"}, "sections"),
        ("decided", {"outcome": "refused", "note": "เหตุผล", "reasons": ["9(1)"]}, "sections"),
        ("decided", {"outcome": "refused", "note": "ก", "reasons": ["15(5)"]}, "ordered_by"),
        (
            "decided",
            {"outcome": "refused", "reasons": ["15(5)"], "ordered_by": "office_director"},
            "explanation",
        ),
        ("decided", {"outcome": "full", "reasons": ["15(5)"]}, "sections"),
        ("decided", {"outcome": "not_held"}, "explanation"),
        ("decided", {"outcome": "not_held", "note": "ก", "hand_out": [1]}, "files"),
        ("clarification_asked", {"on": "2026-11-22"}, "too_early"),
        ("clarification_asked", {"on": "2026-11-25"}, "future"),
    ],
)
def test_what_a_case_is_not_ready_for_is_refused_and_changes_nothing(office, kind, more, code):
    with on_day("2026-11-23"):
        case = new_case()
    with on_day("2026-11-24"), pytest.raises(ValidationError) as caught:
        move(office, case, kind, **more)
    assert caught.value.code == code
    assert case.events.count() == 1
    assert case.sealed.count() == 1


def test_an_extension_after_the_due_day_is_refused(office):
    with on_day("2026-11-23"):
        case = new_case()
    with on_day("2026-12-09"), pytest.raises(ValidationError) as caught:
        move(office, case, "extended", until="2026-12-30")
    assert caught.value.code == "too_late"


def test_a_third_partys_time_ends_early_only_with_a_reason(office):
    with on_day("2026-11-23"):
        case = move(office, new_case(), "third_party_notified")
    # Fifteen days after the notice: the third party may object on 8 December too.
    with on_day("2026-12-08"), pytest.raises(ValidationError) as caught:
        move(office, case, "objection_period_ended")
    assert caught.value.code == "objection_runs"
    with on_day("2026-12-09"):
        move(office, case, "objection_period_ended")
    assert case.due_on == date(2026, 12, 24)


def test_nothing_happens_to_a_closed_case_but_its_delivery(office):
    with on_day("2026-11-23"):
        case = move(office, new_case(), "decided", outcome="full")
    with on_day("2026-11-24"):
        for kind in ("clarification_asked", "extended", "forwarded", "decided"):
            with pytest.raises(ValidationError) as caught:
                move(office, case, kind, outcome="full", until="2026-12-24")
            assert caught.value.code == "closed"
        move(office, case, "delivered")
        with pytest.raises(ValidationError):
            move(office, case, "delivered")
    assert (case.closed_on, case.outcome) == (date(2026, 11, 23), "full")


def test_events_are_never_changed(office):
    from otp_policy.wagtail.models import AppendOnlyError

    case = new_case()
    event = case.events.get()
    event.on = date(2020, 1, 1)
    with pytest.raises(AppendOnlyError):
        event.save()
    with pytest.raises(AppendOnlyError):
        CaseEvent.objects.filter(pk=event.pk).update(on=date(2020, 1, 1))
    assert InformationRequest.objects.get().events.count() == 1
