"""Step 5 on the channels: what is out is corrected and taken back, and nothing is resurrected."""

import json
from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from otp_policy.channels.sandbox import Account, Sandbox
from otp_policy.wagtail import schedule
from otp_policy.wagtail.models import LedgerEntry, Post, Slot
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.syndication import handling
from otp_policy.wagtail.syndication.drain import drain
from otp_policy.wagtail.syndication.models import Delivery, FollowUpChoice
from otp_policy.wagtail.withdrawals import (
    ask_to_withdraw,
    decide_on_withdrawal,
    open_withdrawal,
    take_down,
)
from tests.office import fresh, in_an_hour
from tests.plugin.test_outbox import channel_settings

pytestmark = pytest.mark.django_db
REASON = "ข้อมูลคลาดเคลื่อนทั้งฉบับ"


@pytest.fixture
def sandbox():
    """Return a sandbox, with the site's channels pointed at it."""
    with Sandbox(account=Account()) as server, override_settings(**channel_settings(server)):
        yield server


def settle(rounds=6):
    for _ in range(rounds):
        Delivery.objects.update(due_at=timezone.now())
        drain()


def on(sandbox, channel):
    """Return what the public of *channel* sees, as text."""
    return [
        json.dumps(row, ensure_ascii=False)
        for row in sandbox.report()["messages"]
        if row["channel"] == channel and not row.get("deleted")
    ]


def rows(channel):
    return list(
        Delivery.objects.filter(channel=channel)
        .order_by("pk")
        .values_list("operation", "in_place", "state")
    )


def corrected(office, page, *channels, notices=(), **fields):
    fields = fields or {"title": "ข้อความที่แก้ไขแล้ว"}
    page = office.edit(fresh(page), **fields)
    office.agree(page, "website", *channels)
    page = office.submit(page)
    office.decide(page, "director.division-a", notices=notices)
    publish_due()
    return fresh(page)


def withdrawn(office, page, *, notices=()):
    ask_to_withdraw(fresh(page), office["pr.division-a"], reason=REASON)
    waiting = open_withdrawal(page.pk)
    decide_on_withdrawal(
        waiting,
        office["director.division-a"],
        "approve",
        digest=waiting.digest,
        notices=notices,
    )


# What is out on Facebook


def test_step_5_what_is_out_on_facebook_is_edited_in_place(office, sandbox):
    page = office.publish(office.draft(title="ข้อความแรก"), "website", "facebook")
    settle(2)
    first = Delivery.objects.get()
    corrected(office, page)
    settle(3)
    [post] = on(sandbox, "facebook")
    assert "ข้อความที่แก้ไขแล้ว" in post
    assert first.reference in post
    assert rows("facebook") == [("publish", False, "sent"), ("correct", True, "sent")]
    last = Delivery.objects.latest("pk")
    assert (last.remote_id, last.follows_id) == (first.remote_id, first.pk)
    assert LedgerEntry.objects.filter(action="delivered_correction").exists()


def test_a_correction_on_facebook_waits_for_the_time_that_was_agreed_for_it(office, sandbox):
    page = office.publish(office.draft(), "website", "facebook")
    settle(2)
    page = office.edit(fresh(page), title="ข้อความที่แก้ไขแล้ว")
    office.agree(page, "website")
    office.agree(page, "facebook", at=in_an_hour())
    office.approve(page)
    publish_due()
    assert Delivery.objects.latest("pk").due_at > timezone.now()
    drain()
    assert "ข้อความที่แก้ไขแล้ว" not in on(sandbox, "facebook")[0]


def test_an_edit_whose_answer_was_lost_is_made_again(office, sandbox):
    page = office.publish(office.draft(), "website", "facebook")
    settle(2)
    sandbox.fault(channel="facebook", operation="edit", fault="reset", accepted=False)
    corrected(office, page)
    drain()
    assert rows("facebook")[-1] == ("correct", True, "unknown")
    settle(3)
    [post] = on(sandbox, "facebook")
    assert "ข้อความที่แก้ไขแล้ว" in post


def test_a_post_whose_link_is_wrong_is_taken_down_and_posted_anew(office, sandbox):
    page = office.publish(office.draft(), "website", "facebook")
    settle(2)
    # The gate lets no live item change its address; the office may move to another host.
    with override_settings(WAGTAILADMIN_BASE_URL="https://another-address.example"):
        corrected(office, page)
        settle(4)
    [post] = on(sandbox, "facebook")
    assert "another-address" in post
    assert rows("facebook") == [
        ("publish", False, "sent"),
        ("withdraw", True, "sent"),
        ("publish", False, "sent"),
    ]


def test_a_post_that_nobody_knows_the_end_of_is_settled_before_it_is_corrected(office, sandbox):
    page = office.publish(office.draft(title="ข้อความแรก"), "website", "facebook")
    sandbox.fault(channel="facebook", operation="send", fault="reset", accepted=True)
    drain()
    corrected(office, page)
    assert rows("facebook") == [("publish", False, "unknown"), ("correct", True, "pending")]
    settle(6)
    [post] = on(sandbox, "facebook")
    assert "ข้อความที่แก้ไขแล้ว" in post
    assert {state for _, _, state in rows("facebook")} == {"sent"}


def test_a_post_that_never_arrived_goes_out_once_with_the_corrected_text(office, sandbox):
    page = office.publish(office.draft(title="ข้อความแรก"), "website", "facebook")
    sandbox.fault(channel="facebook", operation="send", fault="reset", accepted=False)
    drain()
    corrected(office, page)
    settle(10)
    [post] = on(sandbox, "facebook")
    assert "ข้อความที่แก้ไขแล้ว" in post
    assert rows("facebook") == [
        ("publish", False, "superseded"),
        ("correct", True, "cancelled"),
        ("publish", False, "sent"),
    ]


def test_a_correction_is_told_although_the_first_post_was_given_up_as_not_live(office, sandbox):
    page = office.publish(office.draft(title="ข้อความแรก"), "website", "facebook")
    sandbox.fault(channel="facebook", operation="send", fault="reset", accepted=False)
    drain()
    corrected(office, page)
    assert rows("facebook") == [("publish", False, "unknown"), ("correct", True, "pending")]
    # Looked for in vain; then a dispatcher that had found the item down gave it up.
    Delivery.objects.filter(operation="publish").update(state="cancelled", reason="not_live")
    settle(3)
    [post] = on(sandbox, "facebook")
    assert "ข้อความที่แก้ไขแล้ว" in post
    assert [state for _, _, state in rows("facebook")] == ["cancelled", "cancelled", "sent"]


def test_a_correction_of_a_post_that_the_unit_cancelled_tells_nobody(office, sandbox):
    page = office.publish(office.draft(title="ข้อความแรก"), "website", "facebook")
    sandbox.fault(channel="facebook", operation="send", fault="reset", accepted=False)
    drain()
    corrected(office, page)
    unit = office["publisher.social"]
    handling.say_it_is_absent(Delivery.objects.get(operation="publish"), unit)
    handling.cancel(Delivery.objects.get(operation="publish"), unit, reason="ไม่เผยแพร่ทางนี้")
    settle(3)
    assert not on(sandbox, "facebook")


def test_a_later_correction_supersedes_one_that_was_not_made_yet(office, sandbox):
    page = office.publish(office.draft(), "website", "facebook")
    settle(2)
    page = corrected(office, page, title="ครั้งที่หนึ่ง")
    corrected(office, page, title="ครั้งที่สอง")
    settle(3)
    [post] = on(sandbox, "facebook")
    assert "ครั้งที่สอง" in post
    assert [state for _, _, state in rows("facebook")] == ["sent", "superseded", "sent"]


# What is out on LINE


def test_step_5_line_gets_no_notice_of_a_correction_unless_the_approver_chose_it(office, sandbox):
    page = office.publish(office.draft(), "website", "line")
    settle(2)
    corrected(office, page)
    settle(3)
    assert len(on(sandbox, "line")) == 1
    [choice] = FollowUpChoice.objects.all()
    assert (choice.channel, choice.wants_notice) == ("line", False)
    assert choice.by == office["director.division-a"]


def test_step_5_line_gets_one_notice_of_a_correction_if_the_approver_chose_it(office, sandbox):
    page = office.publish(office.draft(), "website", "line")
    settle(2)
    page = corrected(office, page, notices=["line"])
    settle(3)
    _first, notice = on(sandbox, "line")
    assert page.disclosure_url() in notice
    assert rows("line") == [("publish", False, "sent"), ("correct", False, "sent")]
    assert LedgerEntry.objects.filter(action="choose_notice", page_id=page.pk).count() == 1


def test_a_time_on_line_without_the_approvers_choice_is_let_go(office, sandbox):
    page = office.publish(office.draft(), "website", "line")
    settle(2)
    page = corrected(office, page, "line")
    settle(3)
    assert len(on(sandbox, "line")) == 1
    slot = Slot.objects.filter(page_id=page.pk, channel="line").latest("pk")
    assert slot.state == Slot.State.DROPPED
    assert slot.note


def test_a_channel_that_was_not_offered_cannot_be_chosen(office, sandbox):
    page = office.publish(office.draft(), "website", "facebook")
    settle(2)
    corrected(office, page, notices=["line", "facebook", "nonsense"])
    settle(3)
    assert not FollowUpChoice.objects.exists()
    assert not on(sandbox, "line")


def test_the_choice_of_one_correction_does_not_serve_for_the_next(office, sandbox):
    page = office.publish(office.draft(), "website", "line")
    settle(2)
    page = corrected(office, page, title="ครั้งที่หนึ่ง", notices=["line"])
    settle(3)
    corrected(office, page, title="ครั้งที่สอง")
    settle(3)
    assert len(on(sandbox, "line")) == 2


# What is taken down


@pytest.mark.parametrize("how", ["at once", "approved", "by another door"])
def test_step_5_what_is_out_on_facebook_goes_with_the_item(office, sandbox, how):
    page = office.publish(office.draft(), "website", "facebook")
    settle(2)
    if how == "at once":
        take_down(fresh(page), office["publisher.web"], reason=REASON)
    elif how == "approved":
        withdrawn(office, page)
    else:
        fresh(page).unpublish(user=office["publisher.web"])
    settle(2)
    assert not on(sandbox, "facebook")
    assert rows("facebook") == [("publish", False, "sent"), ("withdraw", True, "sent")]
    assert LedgerEntry.objects.filter(action="delivered_withdrawal").count() == 1


def test_a_deletion_is_tried_until_the_post_is_gone(office, sandbox):
    page = office.publish(office.draft(), "website", "facebook")
    settle(2)
    sandbox.fault(channel="facebook", operation="delete", fault="reset", accepted=False, times=3)
    take_down(fresh(page), office["publisher.web"], reason=REASON)
    settle(2)
    assert rows("facebook")[-1][2] == "unknown"
    settle(4)
    assert not on(sandbox, "facebook")
    assert rows("facebook")[-1][2] == "sent"


def test_the_public_loses_a_post_although_whoever_ordered_it_has_left(office, sandbox):
    page = office.publish(office.draft(), "website", "facebook")
    settle(2)
    Post.objects.filter(user=office["publisher.social"]).delete()
    take_down(fresh(page), office["publisher.web"], reason=REASON)
    settle(2)
    assert not on(sandbox, "facebook")


def test_what_arrives_after_the_takedown_is_taken_down_as_well(office, sandbox):
    page = office.publish(office.draft(), "website", "facebook")
    sandbox.fault(channel="facebook", operation="send", fault="reset", accepted=True)
    drain()
    take_down(fresh(page), office["publisher.web"], reason=REASON)
    assert rows("facebook") == [("publish", False, "unknown"), ("withdraw", True, "pending")]
    settle(6)
    assert not on(sandbox, "facebook")
    assert {state for _, _, state in rows("facebook")} == {"sent"}


def test_an_answer_that_comes_after_a_takedown_nobody_followed_leads_to_one(office, sandbox):
    from otp_policy.wagtail.syndication.claims import claim
    from otp_policy.wagtail.syndication.conf import adapter_for
    from otp_policy.wagtail.syndication.operations import call
    from otp_policy.wagtail.syndication.outcomes import conclude

    page = office.publish(office.draft(), "website", "facebook")
    late = Delivery.objects.get()
    assert claim(late, "pending")
    outcome = call(late, adapter_for("facebook"))
    fresh(page).unpublish(user=office["publisher.web"])
    Delivery.objects.filter(operation="withdraw").delete()  # as if the takedown had not seen it
    conclude(late, outcome, was_unknown=False)
    assert rows("facebook")[-1] == ("withdraw", True, "pending")
    settle(2)
    assert not on(sandbox, "facebook")


def test_a_late_answer_to_a_message_that_was_given_up_takes_it_down(office, sandbox):
    from otp_policy.wagtail.syndication.claims import claim
    from otp_policy.wagtail.syndication.conf import adapter_for
    from otp_policy.wagtail.syndication.operations import call
    from otp_policy.wagtail.syndication.outcomes import conclude

    page = office.publish(office.draft(), "website", "facebook")
    late = Delivery.objects.get()
    assert claim(late, "pending")
    Delivery.objects.update(state="unknown", lease_until=None)  # suspended beyond its lease
    settle(4)  # looked for, and not there: it would be sent again
    Delivery.objects.update(state="pending", fence=late.fence + 5, attempts=1)
    take_down(fresh(page), office["publisher.web"], reason=REASON)
    assert rows("facebook") == [("publish", False, "cancelled")]
    conclude(late, call(late, adapter_for("facebook")), was_unknown=False)
    assert rows("facebook") == [("publish", False, "sent"), ("withdraw", True, "pending")]
    settle(2)
    assert {state for _, _, state in rows("facebook")} == {"sent"}


def test_what_the_unit_cancelled_goes_out_once_it_agrees_to_a_new_time(office, sandbox):
    from otp_policy.wagtail.syndication.handling import cancel

    sandbox.fault(channel="line", operation="send", fault="status", status=401)
    page = office.publish(office.draft(), "website", "line")
    drain()
    cancel(Delivery.objects.get(), office["publisher.social"], reason="ยังไม่ส่ง")
    settle(1)
    assert not on(sandbox, "line")
    Delivery.objects.filter(state="cancelled").update(first_attempt_at=None)
    office.agree(page, "line")
    settle(1)
    assert len(on(sandbox, "line")) == 1
    assert rows("line") == [("publish", False, "sent")]


def test_a_post_that_never_arrived_is_not_sent_after_the_takedown(office, sandbox):
    page = office.publish(office.draft(), "website", "facebook")
    sandbox.fault(channel="facebook", operation="send", fault="reset", accepted=False)
    drain()
    take_down(fresh(page), office["publisher.web"], reason=REASON)
    settle(8)
    assert not on(sandbox, "facebook")
    assert [state for _, _, state in rows("facebook")] == ["cancelled", "cancelled"]


def test_step_5_line_tells_of_a_withdrawal_only_if_its_approver_chose_it(office, sandbox):
    page = office.publish(office.draft(title="ข่าวที่จะถอน"), "website", "line")
    settle(2)
    withdrawn(office, page)
    settle(2)
    assert len(on(sandbox, "line")) == 1


def test_step_5_line_tells_of_a_withdrawal_with_its_public_reason(office, sandbox):
    page = office.publish(office.draft(title="ข่าวที่จะถอน"), "website", "line")
    settle(2)
    take_down(fresh(page), office["publisher.web"], reason=REASON)
    settle(2)
    assert len(on(sandbox, "line")) == 1  # a takedown at once tells nobody
    waiting = open_withdrawal(page.pk)
    decide_on_withdrawal(
        waiting,
        office["director.division-a"],
        "approve",
        digest=waiting.digest,
        notices=["line"],
    )
    settle(2)
    assert len(on(sandbox, "line")) == 2
    assert rows("line")[-1] == ("withdraw", False, "sent")


def test_a_withdrawn_item_that_is_published_again_is_a_new_message(office, sandbox):
    page = office.publish(office.draft(), "website", "line", "facebook")
    settle(3)
    withdrawn(office, page)
    office.publish(office.edit(fresh(page), title="กลับมาอีกครั้ง"), "website", "line", "facebook")
    settle(4)
    [post] = on(sandbox, "facebook")
    assert "กลับมาอีกครั้ง" in post
    assert len(on(sandbox, "line")) == 2
    assert rows("facebook") == [
        ("publish", False, "sent"),
        ("withdraw", True, "sent"),
        ("publish", False, "sent"),
    ]


def test_a_new_publication_waits_until_the_old_post_is_gone(office, sandbox):
    page = office.publish(office.draft(), "website", "facebook")
    settle(2)
    sandbox.fault(channel="facebook", operation="delete", fault="reset", accepted=False, times=2)
    withdrawn(office, page)
    office.publish(office.edit(fresh(page), title="กลับมาอีกครั้ง"), "website", "facebook")
    settle(1)
    assert [state for _, _, state in rows("facebook")] == ["sent", "unknown", "pending"]
    settle(4)
    [post] = on(sandbox, "facebook")
    assert "กลับมาอีกครั้ง" in post


def test_a_new_publication_waits_for_the_person_who_has_to_take_the_old_post_down(office, sandbox):
    page = office.publish(office.draft(), "website", "facebook")
    settle(1)
    withdrawn(office, page)
    Delivery.objects.filter(operation="withdraw").update(state="held", error_class="person")
    office.publish(office.edit(fresh(page), title="กลับมาอีกครั้ง"), "website", "facebook")
    settle(2)
    assert [state for _, _, state in rows("facebook")] == ["sent", "held", "pending"]
    assert Delivery.objects.latest("pk").reason == "earlier_open"
    [post] = on(sandbox, "facebook")
    assert "กลับมาอีกครั้ง" not in post


def test_the_order_within_a_publication_is_by_time_and_then_as_the_policy_names_them(office):
    page = office.draft()
    at = timezone.now()
    for channel in ("facebook", "line"):
        schedule.propose(page, office["pr.division-a"], channel=channel, at=at)
        schedule.confirm(page, office["publisher.social"], channel=channel)
    office.publish(page)
    order = Delivery.objects.order_by("due_at", "pk").values_list("channel", flat=True)
    assert list(order) == ["line", "facebook"]


def test_of_times_that_have_passed_the_earlier_is_owed_first(office):
    page = office.draft()
    at = timezone.now()
    for channel, minutes in (("line", 1), ("facebook", 2)):
        earlier = at - timedelta(minutes=minutes)
        schedule.propose(page, office["pr.division-a"], channel=channel, at=earlier)
        schedule.confirm(page, office["publisher.social"], channel=channel)
    office.publish(page)
    order = Delivery.objects.order_by("pk").values_list("channel", flat=True)
    assert list(order) == ["facebook", "line"]


# At once, with the decision, and not only when a dispatcher comes by


def deeds(action):
    entries = LedgerEntry.objects.filter(action=action)
    return [json.loads(entry.body)["reference"] for entry in entries.order_by("seq")]


def test_a_message_is_superseded_with_the_publication_of_the_correction(office, sandbox):
    page = office.publish(office.draft(), "website", "line", "facebook")
    older = list(Delivery.objects.order_by("pk"))
    corrected(office, page, "line", "facebook")
    states = {one.pk: (one.state, one.reason) for one in Delivery.objects.all()}
    assert [states[one.pk] for one in older] == [("superseded", "newer_text")] * 2
    assert deeds("supersede_delivery") == [one.reference for one in older]


@pytest.mark.parametrize("door", ["withdrawal", "takedown", "unpublish"])
def test_a_message_is_cancelled_with_the_end_of_its_item(office, sandbox, door):
    page = office.publish(office.draft(), "website", "line", "facebook")
    owed = list(Delivery.objects.order_by("pk").values_list("reference", flat=True))
    if door == "withdrawal":
        withdrawn(office, page)
    elif door == "takedown":
        take_down(fresh(page), office["publisher.web"], reason=REASON)
    else:
        fresh(page).unpublish(user=office["publisher.web"])
    ended = set(Delivery.objects.values_list("state", "reason"))
    assert ended == {("cancelled", "taken_down")}
    assert deeds("cancel_delivery") == owed
    settle(2)
    assert not sandbox.report()["messages"]


def test_what_goes_out_is_what_was_frozen(office, sandbox):
    office.publish(office.draft(), "website", "line", "facebook")
    frozen = {one.channel: one.payload for one in Delivery.objects.all()}
    # Drawn again, it would lead to another address.
    with override_settings(WAGTAILADMIN_BASE_URL="https://another-address.example"):
        settle(2)
    sent = {row["channel"]: row["payload"] for row in sandbox.report()["messages"]}
    assert sent["line"] == frozen["line"]
    assert sent["facebook"]["message"] == frozen["facebook"]["message"]
    assert sent["facebook"]["link"] == frozen["facebook"]["link"]
    assert {one.channel: one.payload for one in Delivery.objects.all()} == frozen
