"""Announcement 3: a withdrawal that waits is reminded of and told on, as any other decision."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from otp_policy.wagtail.models import LedgerEntry, Notice, NoticeKind, Withdrawal
from otp_policy.wagtail.notice_words import SENTENCES
from otp_policy.wagtail.notices import settle
from otp_policy.wagtail.reminders import remind
from otp_policy.wagtail.urgency import mark_urgent
from otp_policy.wagtail.withdrawals import (
    ask_to_withdraw,
    decide_on_withdrawal,
    give_reason,
    open_withdrawal,
    recall_withdrawal,
    take_down,
)

pytestmark = pytest.mark.django_db
BANGKOK = ZoneInfo("Asia/Bangkok")
REASON = "ตัวเลขในตารางที่ 2 ผิด"
AN_HOUR = timedelta(hours=1)


def instant(day, hour=10):
    return datetime(2026, 12, day, hour, tzinfo=BANGKOK)


# 2026-12-01 is a Tuesday; 5 and 6 are a weekend.
BEGAN = instant(1)


def told(what: str) -> set[str]:
    return set(Notice.objects.filter(what=what).values_list("recipient__username", flat=True))


def asked(office, page):
    """Ask for the withdrawal of *page*, at a known time."""
    ask_to_withdraw(page, office["pr.division-a"], reason=REASON)
    Withdrawal.objects.filter(page_id=page.pk).update(asked_at=BEGAN)
    return open_withdrawal(page.pk)


def decide(office, page, by: str, action: str = "approve") -> None:
    waiting = open_withdrawal(page.pk)
    decide_on_withdrawal(waiting, office[by], action, digest=waiting.digest, comment="ยังใช้อยู่")


def test_who_may_approve_is_reminded_after_two_working_days_and_then_it_is_told_on(office):
    page = office.publish(office.draft())
    asked(office, page)
    assert remind(instant(3) - timedelta(seconds=1)) == 0
    assert remind(instant(3)) == 1
    assert told("remind_approve_withdrawal") == {"director.division-a", "director.office"}
    assert remind(instant(7) - timedelta(seconds=1)) == 0
    assert remind(instant(7)) == 1
    assert told("escalate_approve_withdrawal") == {"director.office", "publisher.web"}
    row = LedgerEntry.objects.get(action="escalate")
    assert row.page_id == page.pk
    assert '"step":"approve_withdrawal"' in row.body
    assert remind(instant(20)) == 0
    assert set(Notice.objects.values_list("what", flat=True)) <= set(SENTENCES)


def test_whoever_asked_for_it_is_not_reminded_to_approve_it(office):
    page = office.publish(office.draft())
    office.delegate("pr.division-a", first=BEGAN.date(), last=BEGAN.date() + timedelta(days=60))
    asked(office, page)
    remind(instant(3))
    assert "pr.division-a" not in told("remind_approve_withdrawal")


@pytest.mark.parametrize("ends", ["approve", "reject", "recall"])
def test_a_withdrawal_that_is_decided_or_taken_back_waits_for_nobody(office, ends):
    page = office.publish(office.draft())
    asked(office, page)
    remind(instant(3))
    if ends == "recall":
        recall_withdrawal(page, office["pr.division-a"])
    else:
        decide(office, page, "director.division-a", ends)
    assert remind(instant(20)) == 0
    settle()
    assert not Notice.objects.filter(what__startswith="remind", read_at=None).exists()


def test_each_step_waits_anew_from_the_one_before(office):
    page = office.publish(office.other())
    take_down(page, office["publisher.web"], reason=REASON)
    began = timezone.now()
    assert remind(began + AN_HOUR) == 1
    assert told("remind_endorse_withdrawal") == {"director.division-a"}
    decide(office, page, "director.division-a")
    settle()
    assert not Notice.objects.filter(what="remind_endorse_withdrawal", read_at=None).exists()
    endorsed = timezone.now()
    Withdrawal.objects.update(asked_at=began - 5 * AN_HOUR)
    assert remind(endorsed + AN_HOUR - timedelta(minutes=5)) == 0
    assert remind(endorsed + AN_HOUR) == 1
    assert told("remind_approve_withdrawal") == {"director.office"}


def test_annex_2_1_a_takedown_is_counted_in_hours_and_so_is_what_is_urgent(office):
    down = office.publish(office.draft())
    take_down(down, office["publisher.web"], reason=REASON)
    urgent = office.publish(office.draft(title="ข่าวด่วน"))
    mark_urgent(office.edit(urgent, summary="ใหม่"), office["pr.division-a"], reason="urgent")
    ask_to_withdraw(urgent, office["pr.division-a"], reason=REASON)
    plain = office.publish(office.draft(title="ข่าวธรรมดา"))
    ask_to_withdraw(plain, office["pr.division-a"], reason=REASON)
    Withdrawal.objects.update(asked_at=instant(5))  # a Saturday
    assert remind(instant(5, 11) - timedelta(seconds=1)) == 0
    assert remind(instant(5, 11)) == 2
    assert remind(instant(5, 13)) == 2
    escalated = Notice.objects.filter(kind=NoticeKind.ESCALATION)
    assert set(escalated.values_list("page_id", flat=True)) == {down.pk, urgent.pk}


def test_without_a_reason_those_who_can_give_it_are_reminded_of_that(office):
    page = office.publish(office.draft())
    page.unpublish(user=office["publisher.web"])
    began = timezone.now()
    assert remind(began + AN_HOUR) == 1
    assert told("remind_explain_withdrawal") == {"publisher.web", "pr.division-a"}
    assert not told("remind_approve_withdrawal")
    assert remind(began + 3 * AN_HOUR) == 1
    assert told("escalate_explain_withdrawal") == {"director.office", "publisher.web"}
    assert set(Notice.objects.values_list("what", flat=True)) <= set(SENTENCES)
    give_reason(page, office["publisher.web"], reason=REASON)
    settle()
    assert not Notice.objects.filter(what="remind_explain_withdrawal", read_at=None).exists()
    assert remind(timezone.now() + AN_HOUR) == 1
    assert told("remind_approve_withdrawal") == {"director.division-a", "director.office"}


def test_looking_takes_the_same_queries_for_few_and_for_many(office):
    asked(office, office.publish(office.draft()))
    remind(instant(3))
    with CaptureQueriesContext(connection) as few:
        remind(instant(3))
    for number in range(3):
        asked(office, office.publish(office.draft(title=f"ข่าวที่ {number}")))
    remind(instant(3))
    with CaptureQueriesContext(connection) as many:
        remind(instant(3))
    assert len(many) == len(few)
