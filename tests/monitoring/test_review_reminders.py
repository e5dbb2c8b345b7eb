"""Annex 2.1: reminders of reviews before, on and after the due day, each once, and further up."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from freezegun import freeze_time

from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.models import LedgerEntry, Notice
from otp_policy.wagtail.monitoring.models import DueItem, ReviewStage
from otp_policy.wagtail.monitoring.receivers import Rounds
from otp_policy.wagtail.monitoring.reckoning import catch_up
from otp_policy.wagtail.monitoring.reminding import remind_of_reviews
from otp_policy.wagtail.notices import settle
from tests.office import fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(office):
    return office.publish(office.draft(title="ข่าวที่ต้องทบทวน"))


def due_of(page):
    catch_up()
    return DueItem.objects.get(pk=page.pk).due_on


def told(what):
    rows = Notice.objects.filter(what=what).select_related("recipient")
    return sorted(row.recipient.username for row in rows)


def at(day):
    return freeze_time(f"{day} 12:00")


def test_the_owner_then_the_director_then_the_centre_each_once(office, page):
    due = due_of(page)
    for days, what, people in (
        (-15, "review_due_soon", []),
        (-14, "review_due_soon", ["pr.division-a"]),
        (0, "review_due_today", ["pr.division-a"]),
        (6, "review_overdue", []),
        (7, "review_overdue", ["director.division-a", "pr.division-a"]),
    ):
        with at(due + timedelta(days=days)):
            remind_of_reviews()
            assert remind_of_reviews() == 0
            assert told(what) == people
    with at(due + timedelta(days=30)):
        assert remind_of_reviews() == 1
    assert told("review_overdue").count("publisher.web") == 1
    assert [row.offset for row in ReviewStage.objects.order_by("offset")] == [-14, 0, 7, 30]
    assert LedgerEntry.objects.filter(action="escalate_review", page_id=page.pk).count() == 2


def test_who_did_not_look_for_months_is_told_of_the_furthest_stage_alone(office, page):
    with at(due_of(page) + timedelta(days=200)):
        assert remind_of_reviews() == 1
    assert [row.offset for row in ReviewStage.objects.all()] == [30]
    assert told("review_due_soon") == []


def test_a_review_that_was_done_is_asked_no_more_and_begins_anew(office, page):
    due = due_of(page)
    with at(due):
        remind_of_reviews()
        assert Notice.objects.filter(what="review_due_today", read_at=None).exists()
        office.publish(office.edit(fresh(page), summary="ทบทวนแล้ว"))
        catch_up()
        settle()
        assert not Notice.objects.filter(what="review_due_today", read_at=None).exists()
        assert remind_of_reviews() == 0
        later = due_of(page)
    assert later > due
    with at(later):
        assert remind_of_reviews() == 1
    assert told("review_due_today") == ["pr.division-a"] * 2


def test_what_is_missing_or_followed_is_reminded_of_by_nobody(office):
    office.draft()
    catch_up()
    with at(office_day() + timedelta(days=900)):
        assert remind_of_reviews() == 0


def test_looking_costs_the_same_for_many_items(office, page):
    due = due_of(page)
    with at(due - timedelta(days=100)):
        catch_up()

        def cost():
            with CaptureQueriesContext(connection) as captured:
                assert remind_of_reviews() == 0
            return len(captured)

        few = cost()
        unit = DueItem.objects.get().unit
        DueItem.objects.bulk_create(
            DueItem(page_id=10_000 + n, category="news", unit=unit, due_on=due) for n in range(99)
        )
        assert cost() == few <= 6


def test_the_dispatcher_reminds_and_one_item_that_fails_keeps_no_other(office, page):
    other = office.publish(office.draft(title="อีกข่าว"))
    with at(due_of(other) + timedelta(days=7)):
        DueItem.objects.filter(pk=page.pk).update(page_id=999_999)  # its page is gone
        Rounds().run(sender=None)
        assert {row.page_id for row in Notice.objects.filter(what="review_overdue")} >= {other.pk}
