"""Who is told of withdrawals and takedowns (annex 1 step 5), once, and as urgent where it is."""

import pytest
from django.core import mail

from home.models import OtherPage
from otp_policy.wagtail.mailing import mail_owed
from otp_policy.wagtail.models import Notice, NoticeKind, UnwantedMail
from otp_policy.wagtail.notices import settle
from otp_policy.wagtail.telling import tell
from otp_policy.wagtail.withdrawals import (
    ask_to_withdraw,
    decide_on_withdrawal,
    give_reason,
    open_withdrawal,
    recall_withdrawal,
    take_down,
)
from tests.office import fresh

pytestmark = pytest.mark.django_db

REASON = "ตัวเลขในตารางที่ 2 ผิด"


def told(what: str) -> set[str]:
    return set(Notice.objects.filter(what=what).values_list("recipient__username", flat=True))


def kinds(*names: str) -> set[str]:
    return {row.kind for row in Notice.objects.filter(recipient__username__in=names)}


@pytest.fixture
def live(office):
    """Return a live piece of news, of which everything so far was told."""
    return told_so_far(office.publish(office.draft()))


@pytest.fixture
def live_other(office):
    """Return a live item that an endorsement stands before."""
    return told_so_far(office.publish(office.draft(OtherPage)))


def told_so_far(page):
    tell()
    Notice.objects.all().delete()
    return page


def decide(office, page, by: str, action: str = "approve") -> None:
    asked = open_withdrawal(page.pk)
    more = {"comment": "ยังใช้อยู่"} if action == "reject" else {}
    decide_on_withdrawal(asked, office[by], action, digest=asked.digest, **more)
    tell()


def test_a_request_is_told_to_those_who_may_approve_it_and_to_nobody_else(office, live):
    ask_to_withdraw(live, office["pr.division-a"], reason=REASON)
    tell()
    assert told("ask_approve_withdrawal") == {"director.division-a", "director.office"}
    assert Notice.objects.count() == 2
    assert kinds("director.office") == {NoticeKind.DECIDE}


def test_the_endorsement_comes_first_and_asks_the_approver(office, live_other):
    ask_to_withdraw(live_other, office["pr.division-a"], reason=REASON)
    tell()
    assert told("ask_endorse_withdrawal") == {"director.division-a"}
    assert not told("ask_approve_withdrawal")
    decide(office, live_other, "director.division-a")
    assert told("ask_approve_withdrawal") == {"director.office"}
    assert told("withdrawal_endorsed") == {"pr.division-a"}


def test_a_takedown_is_urgent_to_those_who_decide_and_to_the_division(office, live):
    UnwantedMail.objects.create(user=office["pr.division-a"], kind=NoticeKind.PUBLISHED)
    take_down(live, office["publisher.web"], reason=REASON)
    tell()
    asked = {"director.division-a", "director.office"}
    assert told("urgent_ask_approve_withdrawal") == asked
    assert told("taken_down") == {"pr.division-a"}
    assert set(Notice.objects.values_list("kind", flat=True)) == {NoticeKind.URGENT}
    mail_owed()
    assert {one.to[0] for one in mail.outbox} >= {"pr.division-a@example.invalid"}


def test_a_takedown_by_another_door_is_told_too_and_again_with_its_reason(office, live):
    live.unpublish(user=office["publisher.web"])
    tell()
    asked = {"director.division-a", "director.office"}
    assert told("urgent_ask_approve_withdrawal") == asked
    give_reason(fresh(live), office["publisher.web"], reason=REASON)
    tell()
    assert Notice.objects.filter(what="urgent_ask_approve_withdrawal").count() == 4


@pytest.mark.parametrize("action", ["approve", "reject"])
def test_the_division_and_who_took_it_down_hear_of_the_decision(office, live, action):
    take_down(live, office["publisher.web"], reason=REASON)
    decide(office, live, "director.division-a", action)
    what = {"approve": "withdrawal_approved", "reject": "withdrawal_rejected"}[action]
    assert told(what) == {"pr.division-a", "publisher.web"}
    assert {row.kind for row in Notice.objects.filter(what=what)} == {NoticeKind.URGENT}


def test_a_withdrawal_that_was_asked_for_is_told_to_its_division_once(office, live):
    ask_to_withdraw(live, office["pr.division-a"], reason=REASON)
    decide(office, live, "director.division-a")
    assert told("withdrawal_approved") == {"pr.division-a"}
    assert not told("taken_down")
    assert tell() == 0


def test_nobody_is_asked_for_what_is_decided_or_taken_back(office, live, live_other):
    ask_to_withdraw(live_other, office["pr.division-a"], reason=REASON)
    decide(office, live_other, "director.division-a")
    settle()
    unread = Notice.objects.filter(read_at=None)
    assert not unread.filter(what="ask_endorse_withdrawal").exists()
    assert unread.filter(what="ask_approve_withdrawal").exists()
    decide(office, live_other, "director.office")
    ask_to_withdraw(live, office["pr.division-a"], reason=REASON)
    tell()
    recall_withdrawal(live, office["pr.division-a"])
    settle()
    assert not unread.filter(what__startswith="ask_").exists()


def test_where_nobody_may_decide_the_division_is_told_so(office, live_other):
    office["director.division-a"].is_active = False
    office["director.division-a"].save()
    ask_to_withdraw(live_other, office["pr.division-a"], reason=REASON)
    tell()
    assert told("nobody_may_endorse") == {"pr.division-a"}
