"""Step 5: an item leaves the public, by request or at once, and what answers at its address."""

import json

import pytest
from django.test import Client

from otp_policy.wagtail import schedule
from otp_policy.wagtail.models import LedgerEntry, Publication, Slot, Withdrawal
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.withdrawals import (
    ask_to_withdraw,
    decide_on_withdrawal,
    give_reason,
    open_withdrawal,
    recall_withdrawal,
    take_down,
    waiting_withdrawals,
)
from tests.office import fresh, in_an_hour

pytestmark = pytest.mark.django_db
REASON = "ข้อมูลคลาดเคลื่อนทั้งฉบับ"


@pytest.fixture
def live(office):
    return office.publish(office.draft(title="ข่าวที่จะถอน", title_en="News to be withdrawn"))


def asked(office, page, by="pr.division-a", **more):
    more.setdefault("reason", REASON)
    return ask_to_withdraw(page, office[by], **more)


def decided(office, withdrawal, by, action="approve", **more):
    more.setdefault("digest", withdrawal.digest)
    return decide_on_withdrawal(withdrawal, office[by], action, **more)


def codes(call, *args, **more):
    with pytest.raises(PolicyRefusal) as refusal:
        call(*args, **more)
    return refusal.value.codes


def deeds(page):
    return list(LedgerEntry.objects.filter(page_id=page.pk).values_list("action", flat=True))


def test_step_5_only_the_items_own_division_asks_for_a_withdrawal(office, live):
    for name, code in (("pr.division-b", "wrong_unit"), ("publisher.web", "role_missing")):
        assert codes(asked, office, live, by=name) == (code,)
    asked(office, live)
    assert fresh(live).live  # it stays up until the withdrawal is approved
    assert deeds(live)[-1] == "ask_to_withdraw"


def test_step_5_a_withdrawal_needs_a_live_item_and_a_public_reason(office, live):
    assert codes(asked, office, office.draft()) == ("not_live",)
    for reason in ("  ", "เลขประจำตัว 1-1037-02071-81-1", "โทร 081-234-5678"):
        with pytest.raises(PolicyRefusal) as refusal:
            asked(office, live, reason=reason)
        assert refusal.value.also
    asked(office, live)
    with pytest.raises(PolicyRefusal):
        asked(office, live)
    assert Withdrawal.objects.count() == 1


def test_step_5_a_withdrawal_of_news_is_approved_as_news_is(office, live):
    withdrawal = asked(office, live)
    for name in ("pr.division-a", "publisher.web", "admin"):
        assert codes(decided, office, withdrawal, name)[0] == "role_missing"
    assert codes(decided, office, withdrawal, "director.division-b") == ("wrong_unit",)
    decided(office, withdrawal, "director.division-a")
    assert not fresh(live).live
    assert Publication.objects.get().ended_at is not None
    assert deeds(live)[-3:] == ["approve_withdrawal", "take_down", "withdraw"]


def test_step_5_a_withdrawal_of_anything_else_is_endorsed_and_then_approved(office):
    live = office.publish(office.other())
    withdrawal = asked(office, live)
    assert codes(decided, office, withdrawal, "director.office") == ("role_missing",)
    decided(office, withdrawal, "director.division-a")
    assert fresh(live).live
    decided(office, withdrawal, "director.office")
    assert not fresh(live).live


def test_step_3_who_asked_for_the_withdrawal_does_not_approve_it(office, live):
    from datetime import timedelta

    from otp_policy.wagtail.conf import office_day

    today = office_day()
    office.delegate("pr.division-a", first=today, last=today + timedelta(days=1))
    withdrawal = asked(office, live)
    assert codes(decided, office, withdrawal, "pr.division-a") == ("own_work",)


def test_a_withdrawal_other_than_the_one_shown_is_not_decided(office, live):
    withdrawal = asked(office, live)
    with pytest.raises(PolicyRefusal):
        decided(office, withdrawal, "director.division-a", digest="sha256:" + "0" * 64)
    assert fresh(live).live


def test_a_rejection_needs_its_reason_and_leaves_the_item_up(office, live):
    withdrawal = asked(office, live)
    with pytest.raises(PolicyRefusal):
        decided(office, withdrawal, "director.division-a", "reject", comment=" ")
    decided(office, withdrawal, "director.division-a", "reject", comment="ข้อมูลถูกต้องแล้ว")
    assert fresh(live).live
    assert open_withdrawal(live.pk) is None
    with pytest.raises(PolicyRefusal):
        decided(office, withdrawal, "director.division-a")


def test_a_request_is_taken_back_before_its_decision_and_a_takedown_is_not(office, live):
    asked(office, live)
    with pytest.raises(PolicyRefusal):
        recall_withdrawal(live, office["pr.division-b"])
    recall_withdrawal(live, office["pr.division-a"])
    assert fresh(live).live
    take_down(live, office["publisher.web"], reason=REASON)
    with pytest.raises(PolicyRefusal):
        recall_withdrawal(live, office["pr.division-a"])


def test_step_5_the_tombstone_tells_title_time_authority_reason_and_clause(office, live):
    withdrawal = asked(office, live, reason_en="Wrong throughout")
    decided(office, withdrawal, "director.division-a")
    answer = Client().get(live.get_url())
    thai = answer.content.decode()
    assert answer.status_code == 410
    assert "noindex" in answer["X-Robots-Tag"]
    for said in ("ข่าวที่จะถอน", REASON, "ผู้อำนวยการกอง", "แนบท้ายประกาศข้อ 1 ขั้นตอน 5", "<time"):
        assert said in thai
    assert "สรุปข่าว" not in thai
    english = Client().get("/en" + live.get_url()).content.decode()
    assert "News to be withdrawn" in english
    assert "Wrong throughout" in english
    assert live.title not in Client().get("/").content.decode()


def test_step_5_a_withdrawn_item_comes_back_only_by_a_new_approval(office, live):
    decided(office, asked(office, live), "director.division-a")
    office.agree(fresh(live))
    assert publish_due() == 0
    office.approve(live)
    assert publish_due() == 1
    assert Client().get(live.get_url()).status_code == 200


def test_an_approval_from_before_the_withdrawal_brings_nothing_back(office, live):
    page = office.edit(live, summary="แก้ไขแล้ว")
    office.agree(page, at=in_an_hour())
    office.approve(page)
    decided(office, asked(office, fresh(live)), "director.division-a")
    assert Slot.objects.get(state=Slot.State.DROPPED)
    office.agree(fresh(live))
    assert publish_due() == 0
    assert not fresh(live).live


def test_step_4_the_websites_owner_takes_down_at_once_and_the_approval_follows(office, live):
    for name in ("pr.division-a", "director.division-a", "publisher.social"):
        assert codes(take_down, live, office[name], reason=REASON)
    with pytest.raises(PolicyRefusal):
        take_down(live, office["publisher.web"], reason="")
    assert fresh(live).live
    withdrawal = take_down(live, office["publisher.web"], reason=REASON)
    assert not fresh(live).live
    answer = Client().get(live.get_url())
    assert answer.status_code == 410
    for kept_back in (live.title, REASON, "สรุปข่าว"):
        assert kept_back not in answer.content.decode()
    assert [page.pk for page, _ in waiting_withdrawals(office["director.division-a"])] == [live.pk]
    decided(office, withdrawal, "director.division-a")
    assert REASON in Client().get(live.get_url()).content.decode()
    body = json.loads(LedgerEntry.objects.get(action="withdraw").body)
    assert body["seconds_until_approved"] >= 0


def test_a_rejected_takedown_lets_the_item_out_again_by_an_explicit_act(office, live):
    withdrawal = take_down(live, office["publisher.web"], reason=REASON)
    office_slots = Slot.objects.filter(page_id=live.pk, state__in=Slot.OPEN)
    decided(office, withdrawal, "director.division-a", "reject", comment="ไม่มีข้อมูลส่วนบุคคล")
    assert publish_due() == 0
    assert not office_slots.exists()
    schedule.propose(fresh(live), office["pr.division-a"], channel="website", at=in_an_hour())
    schedule.send_now(fresh(live), office["publisher.web"], channel="website")
    assert publish_due() == 1
    assert fresh(live).live


def test_a_takedown_goes_before_a_request_that_waits(office, live):
    asked(office, live)
    take_down(live, office["publisher.web"], reason=REASON)
    assert list(Withdrawal.objects.values_list("state", flat=True)) == ["recalled", "waiting"]


def test_an_item_hidden_by_another_door_waits_for_a_reason_and_an_approval(office, live):
    live.unpublish(user=office["publisher.web"])
    withdrawal = open_withdrawal(live.pk)
    assert withdrawal.is_emergency
    with pytest.raises(PolicyRefusal):
        decided(office, withdrawal, "director.division-a")
    with pytest.raises(PolicyRefusal):
        give_reason(live, office["pr.division-b"], reason=REASON)
    give_reason(live, office["publisher.web"], reason=REASON)
    decided(office, open_withdrawal(live.pk), "director.division-a")
    assert Client().get(live.get_url()).status_code == 410


def test_a_title_that_is_the_leak_itself_stands_on_no_tombstone(office):
    live = office.publish(office.draft(title="ประกาศ", summary="ก"))
    type(live).objects.filter(pk=live.pk)  # the gate lets no title change on a live item
    page = fresh(live)
    page.title = "นายสมมุติ 081-234-5678"
    withdrawal = take_down(page, office["publisher.web"], reason=REASON)
    assert withdrawal.title == ""


def test_what_the_channels_are_owed_is_cancelled_with_the_item(office, settings):
    settings.OTP_POLICY_LINE = {
        "host": "http://127.0.0.1:9",
        "channel_id": "1",
        "channel_secret": "s",
        "access_token": "t",
    }
    from otp_policy.wagtail.syndication.models import Delivery

    page = office.draft()
    office.agree(page, "website")
    office.agree(page, "line", at=in_an_hour())
    office.approve(page)
    publish_due()
    assert Delivery.objects.get().state == Delivery.State.PENDING
    take_down(fresh(page), office["publisher.web"], reason=REASON)
    assert Delivery.objects.get().state == Delivery.State.CANCELLED
    assert "cancel_delivery" in deeds(page)
