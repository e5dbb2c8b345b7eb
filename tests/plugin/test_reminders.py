"""Announcement 3: whoever keeps a step waiting is reminded once, and then it is told on."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import TaskState

from otp_policy.wagtail import reminders, schedule
from otp_policy.wagtail.models import Holiday, LedgerEntry, Notice, Slot, WaitStage
from otp_policy.wagtail.reminders import remind
from otp_policy.wagtail.urgency import mark_urgent
from tests.office import in_an_hour

pytestmark = pytest.mark.django_db
BANGKOK = ZoneInfo("Asia/Bangkok")


def instant(day, hour=10, minute=0):
    return datetime(2026, 12, day, hour, minute, tzinfo=BANGKOK)


# 2026-12-01 is a Tuesday; 5 and 6 are a weekend.
BEGAN = instant(1)


def waits_since(at, *, page=None):
    states = TaskState.objects.filter(status="in_progress")
    states.update(started_at=at)
    return page


def told(what):
    return set(Notice.objects.filter(what=what).values_list("recipient__username", flat=True))


def test_whoever_may_decide_is_reminded_after_two_working_days_and_not_before(office):
    office.submit(office.draft())
    waits_since(BEGAN)
    assert remind(instant(3) - timedelta(seconds=1)) == 0
    assert remind(instant(3)) == 1
    assert told("remind_approve") == {"director.division-a", "director.office"}
    assert not LedgerEntry.objects.filter(action="escalate").exists()


def test_a_contributor_is_not_reminded(office):
    office.submit(office.edit(office.draft(), by="director.division-a", summary="แก้"))
    waits_since(BEGAN)
    remind(instant(3))
    assert told("remind_approve") == {"director.office"}


def test_what_waits_on_is_told_on_and_the_ledger_says_so(office):
    page = office.submit(office.other())
    waits_since(BEGAN)
    assert remind(instant(7)) == 2
    assert told("escalate_endorse") == {"director.office"}
    entry = LedgerEntry.objects.get(action="escalate")
    assert entry.page_id == page.pk
    assert '"step":"endorse"' in entry.body


def test_each_stage_comes_once_however_often_the_dispatcher_looks(office):
    office.submit(office.draft())
    waits_since(BEGAN)
    for hour in range(24 * 14):
        remind(BEGAN + timedelta(hours=hour))
    assert WaitStage.objects.count() == 2
    assert LedgerEntry.objects.filter(action="escalate").count() == 1
    assert Notice.objects.filter(what="remind_approve").count() == 2


def test_holidays_and_weekends_are_no_working_days(office):
    Holiday.objects.create(on=instant(7).date(), name_th="วันหยุด")
    office.submit(office.draft())
    waits_since(instant(4))  # Friday: Monday is a holiday, so Tuesday and Wednesday count
    assert remind(instant(9) - timedelta(seconds=1)) == 0
    assert remind(instant(9)) == 1


def test_a_decision_ends_the_waiting(office):
    page = office.submit(office.draft())
    waits_since(BEGAN)
    office.decide(page, "director.division-a")
    assert remind(instant(30)) == 0


def test_an_item_taken_back_waits_for_nobody(office):
    page = office.submit(office.draft())
    waits_since(BEGAN)
    page.current_workflow_state.cancel(user=office["pr.division-a"])
    assert remind(instant(30)) == 0


def test_step_2_the_unit_and_then_the_divisions_director_hear_of_a_time_without_answer(office):
    page = office.draft()
    schedule.propose(page, office["pr.division-a"], channel="line", at=in_an_hour())
    Slot.objects.update(updated_at=BEGAN)
    assert remind(instant(2)) == 1
    assert told("remind_confirm_slot") == {"publisher.social"}
    assert remind(instant(4)) == 1
    assert told("escalate_confirm_slot") == {"director.division-a"}


def test_step_2_the_division_is_reminded_of_the_other_time_and_each_time_waits_anew(office):
    page, web = office.draft(), office["publisher.web"]
    schedule.propose(page, office["pr.division-a"], channel="website", at=in_an_hour())
    schedule.counter(page, web, channel="website", at=in_an_hour())
    Slot.objects.update(updated_at=BEGAN)
    assert remind(instant(2)) == 1
    assert told("remind_propose_slot") == {"pr.division-a"}
    schedule.counter(page, web, channel="website", at=in_an_hour())
    Slot.objects.update(updated_at=instant(2))
    assert remind(instant(2, 11)) == 0
    assert remind(instant(3)) == 1
    assert Notice.objects.filter(what="remind_propose_slot").count() == 2


def test_annex_2_1_urgent_items_are_counted_in_hours(office):
    page = office.submit(office.draft())
    mark_urgent(page, office["pr.division-a"], reason="urgent")
    waits_since(instant(5))  # a Saturday
    assert remind(instant(5, 10, 59)) == 0
    assert remind(instant(5, 11)) == 1
    assert remind(instant(5, 13)) == 1
    assert told("escalate_approve") == {"director.office", "publisher.web"}


def test_one_item_that_fails_does_not_stop_the_round(office, monkeypatch, caplog):
    first = office.submit(office.draft())
    office.submit(office.draft(title="ข่าวที่สอง"))
    waits_since(BEGAN)
    who_may = reminders.who_may

    def broken(page, action):
        if page.pk == first.pk:
            raise KeyError(action)
        return who_may(page, action)

    monkeypatch.setattr(reminders, "who_may", broken)
    assert remind(instant(3)) == 1
    assert "failed" in caplog.text
    monkeypatch.setattr(reminders, "who_may", who_may)
    assert remind(instant(3)) == 1  # nothing of the failed one was kept


def test_looking_takes_the_same_queries_for_few_and_for_many(office):
    office.submit(office.draft())
    waits_since(BEGAN)
    remind(instant(3))
    with CaptureQueriesContext(connection) as few:
        remind(instant(3))
    for number in range(5):
        office.submit(office.draft(title=f"ข่าวที่ {number}"))
    waits_since(BEGAN)
    remind(instant(3))
    with CaptureQueriesContext(connection) as many:
        remind(instant(3))
    assert len(many) == len(few)
