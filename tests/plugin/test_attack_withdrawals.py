"""Strangers attack the withdrawals: by an order that is too narrow, by a text that moved on."""

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.log_actions import LogContext

from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.models import DelegationOrder, Post, Publication, Unit, Withdrawal
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
from tests.office import fresh

pytestmark = pytest.mark.django_db
REASON = "ข้อมูลคลาดเคลื่อนทั้งฉบับ"


@pytest.fixture
def live(office):
    return office.publish(office.draft(title="ข่าวที่จะถอน"))


def decided(office, withdrawal, by, action="approve", **more):
    more.setdefault("digest", withdrawal.digest)
    return decide_on_withdrawal(withdrawal, office[by], action, **more)


def refusal(call, *args, **more):
    with pytest.raises(PolicyRefusal) as refused:
        call(*args, **more)
    return refused.value


def order_for(office, category, to="pr.division-b"):
    return DelegationOrder.objects.create(
        number="7/2569",
        role="division_director",
        unit=Unit.objects.get(code="division-a"),
        delegator=office["director.division-a"],
        delegate=office[to],
        category=category,
        from_on=office_day(),
        until_on=office_day(),
    )


@pytest.mark.parametrize(("category", "allowed"), [("other", False), ("news", True)])
def test_an_order_for_one_category_approves_no_withdrawal_of_another(
    office, live, category, allowed
):
    order_for(office, category)
    withdrawal = ask_to_withdraw(live, office["pr.division-a"], reason=REASON)
    assert bool(waiting_withdrawals(office["pr.division-b"])) is allowed
    if allowed:
        decided(office, withdrawal, "pr.division-b")
    else:
        refused = refusal(decided, office, withdrawal, "pr.division-b")
        assert refused.codes == ("role_missing",)
    assert fresh(live).live is not allowed


def test_a_withdrawal_of_the_text_before_the_correction_is_not_approved(office, live):
    withdrawal = ask_to_withdraw(live, office["pr.division-a"], reason=REASON)
    office.publish(office.edit(live, summary="แก้ไขแล้ว 5 รายการ"))
    refused = refusal(decided, office, withdrawal, "director.division-a")
    assert any("แก้ไข" in reason for reason in refused.reasons)
    assert fresh(live).live
    recall_withdrawal(fresh(live), office["pr.division-a"])
    again = ask_to_withdraw(fresh(live), office["pr.division-a"], reason=REASON)
    decided(office, again, "director.division-a")
    assert Client().get(live.get_url()).status_code == 410
    assert not Withdrawal.objects.filter(state="waiting").exists()


def test_who_took_it_down_stays_a_party_though_another_gave_the_reason(office, live):
    Post.objects.create(
        user=office["publisher.web"],
        role="division_director",
        unit=Unit.objects.get(code="division-a"),
        from_on=office_day(),
    )
    with LogContext(user=office["publisher.web"]):
        live.unpublish(user=office["publisher.web"])
    give_reason(fresh(live), office["pr.division-a"], reason=REASON)
    waiting = open_withdrawal(live.pk)
    assert refusal(decided, office, waiting, "publisher.web").codes == ("own_work",)
    decided(office, waiting, "director.division-a")


def test_who_gave_the_reason_does_not_approve_it(office, live):
    Post.objects.create(
        user=office["director.division-a"],
        role="pr_representative",
        unit=Unit.objects.get(code="division-a"),
        from_on=office_day(),
    )
    live.unpublish(user=office["publisher.web"])
    give_reason(fresh(live), office["director.division-a"], reason=REASON)
    waiting = open_withdrawal(live.pk)
    assert refusal(decided, office, waiting, "director.division-a").codes == ("own_work",)


def test_a_title_that_was_never_approved_stands_on_no_tombstone(office, live):
    page = fresh(live)
    page.title, page.live = "ชื่อที่ไม่มีใครเห็นชอบ", False
    try:
        page.save()
    except PolicyRefusal:
        page = fresh(live)
        page.unpublish()
    withdrawal = open_withdrawal(live.pk)
    assert withdrawal.title in ("", "ข่าวที่จะถอน")


@pytest.mark.parametrize("reason", ["", "   ", "\u200b\u200b", "\u3164", "-", "…"])
def test_a_reason_that_says_nothing_is_none(office, live, reason):
    refusal(ask_to_withdraw, live, office["pr.division-a"], reason=reason)
    refusal(take_down, live, office["publisher.web"], reason=reason)
    waiting = ask_to_withdraw(live, office["pr.division-a"], reason=REASON)
    refusal(decided, office, waiting, "director.division-a", action="reject", comment=reason)
    assert fresh(live).live


def screen(office, name, page, **data):
    client = Client()
    client.force_login(office[name])
    return client.post(reverse("otp_policy:withdrawal", args=(page.pk,)), data)


@pytest.mark.parametrize(
    ("name", "act"),
    [
        ("pr.division-b", "ask"),
        ("director.division-b", "decide"),
        ("publisher.social", "take_down"),
        ("pr.division-a", "take_down"),
        ("director.division-a", "take_down"),
        ("admin", "take_down"),
        ("admin", "ask"),
        ("pr.division-b", "recall"),
    ],
)
def test_a_forged_form_of_whoever_holds_no_authority_changes_nothing(office, live, name, act):
    if act in ("decide", "recall"):
        ask_to_withdraw(live, office["pr.division-a"], reason=REASON)
    before = list(Withdrawal.objects.values_list("state", "reason"))
    waiting = open_withdrawal(live.pk)
    answer = screen(
        office,
        name,
        live,
        act=act,
        action="approve",
        **{
            "ask-reason": REASON,
            "down-reason": REASON,
            "decide-digest": waiting.digest if waiting else "",
        },
    )
    assert answer.status_code != 500
    assert fresh(live).live
    assert list(Withdrawal.objects.values_list("state", "reason")) == before


def test_the_same_form_twice_withdraws_once(office, live):
    for _time in range(2):
        screen(office, "publisher.web", live, act="take_down", **{"down-reason": REASON})
    assert Withdrawal.objects.count() == 1
    withdrawal = open_withdrawal(live.pk)
    for _time in range(2):
        data = {"decide-digest": withdrawal.digest, "action": "approve"}
        screen(office, "director.division-a", live, act="decide", **data)
    withdrawal.refresh_from_db()
    assert withdrawal.state == "approved"
    assert withdrawal.decisions.count() == 1


def test_a_draft_that_was_never_public_cannot_be_withdrawn(office):
    page = office.draft()
    for name, act in (("pr.division-a", "ask"), ("publisher.web", "take_down")):
        screen(office, name, page, act=act, **{"ask-reason": REASON, "down-reason": REASON})
    assert not Withdrawal.objects.exists()


def test_nothing_goes_out_again_while_the_withdrawal_waits(office, live):
    office.edit(live, summary="ข้อความใหม่ 3 เรื่อง")
    office.agree(live)
    office.approve(live)
    take_down(fresh(live), office["publisher.web"], reason=REASON)
    assert publish_due() == 0
    assert not fresh(live).live
    assert Publication.objects.filter(page_id=live.pk, ended_at=None).count() == 0


def test_versions_follow_the_withdrawal(office, live):
    office.publish(office.edit(live, summary="แก้ไขแล้ว 5 รายการ"))
    address = f"{fresh(live).get_url()}versions/1/"
    assert Client().get(address).status_code == 200
    take_down(fresh(live), office["publisher.web"], reason=REASON)
    for number in (1, 2):
        answer = Client().get(f"{fresh(live).get_url()}versions/{number}/")
        assert answer.status_code in (404, 410)
        assert "สรุปข่าว" not in answer.content.decode()
