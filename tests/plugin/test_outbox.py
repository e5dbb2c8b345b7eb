"""What goes out goes out once: the outbox, with the real clients, against the sandbox."""

import json
from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from otp_policy.channels.sandbox import Account, Sandbox
from otp_policy.wagtail import schedule
from otp_policy.wagtail.models import LedgerEntry, Post, Slot
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.syndication.drain import drain
from otp_policy.wagtail.syndication.models import Attempt, Delivery
from otp_policy.wagtail.syndication.outbox import release
from tests.office import fresh, in_an_hour

pytestmark = pytest.mark.django_db


@pytest.fixture
def sandbox():
    """Return a sandbox, with the site's channels pointed at it."""
    with Sandbox(account=Account()) as server, override_settings(**channel_settings(server)):
        yield server


def channel_settings(server) -> dict:
    account = Account()
    return {
        "OTP_POLICY_LINE": {
            "host": server.url,
            "channel_id": "",
            "channel_secret": "",
            "access_token": account.line_token,
        },
        "OTP_POLICY_FACEBOOK": {
            "graph_url": f"{server.url}/",
            "page_id": account.page_id,
            "page_token": account.page_token,
            "app_id": "",
            "app_secret": "",
        },
        "OTP_POLICY_CHANNEL_TIMEOUT": (1.0, 1.0),
    }


def received(server, channel):
    return [row for row in server.report()["messages"] if row["channel"] == channel]


def make_due():
    Delivery.objects.update(due_at=timezone.now())


def settle(rounds=8):
    for _ in range(rounds):
        make_due()
        drain()


def test_an_item_goes_out_once_on_each_channel_with_title_and_address(office, sandbox):
    page = office.publish(office.draft(title="ข่าวการค้าไทย"), "website", "line", "facebook")
    settle(3)
    for channel in ("line", "facebook"):
        [message] = received(sandbox, channel)
        text = json.dumps(message, ensure_ascii=False)
        assert "ข่าวการค้าไทย" in text
        assert page.disclosure_url() in text
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    assert LedgerEntry.objects.filter(action="delivered").count() == 2


def test_nothing_is_owed_before_the_website_is_live(office, sandbox):
    page = office.draft()
    office.agree(page, "line", "facebook")
    office.approve(page)
    publish_due()
    settle(2)
    assert not Delivery.objects.exists()
    assert not sandbox.report()["messages"]


def test_a_channel_that_is_confirmed_later_goes_out_then(office, sandbox):
    page = office.publish(office.draft())
    office.agree(page, "line")
    settle(2)
    assert len(received(sandbox, "line")) == 1
    assert not received(sandbox, "facebook")


def test_a_publication_that_is_rolled_back_owes_nothing(office, sandbox):
    from django.db import transaction

    page = office.draft()
    office.agree(page, "website", "line")
    office.approve(page)
    with transaction.atomic():
        publish_due()
        assert Delivery.objects.count() == 1
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()
    assert Slot.objects.filter(page_id=page.pk, state="confirmed").count() == 2


def test_the_retry_key_is_stored_before_the_call_and_kept(office, sandbox):
    sandbox.fault(channel="line", operation="send", fault="reset", accepted=True)
    office.publish(office.draft(), "website", "line")
    delivery = Delivery.objects.get()
    key, payload = delivery.retry_key, delivery.payload
    settle()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.retry_key, delivery.payload) == ("sent", key, payload)
    [message] = received(sandbox, "line")
    assert message["retry_key"] == str(key)


@pytest.mark.parametrize("channel", ["line", "facebook"])
@pytest.mark.parametrize("accepted", [True, False])
def test_a_lost_answer_ends_in_one_message(office, sandbox, channel, accepted):
    sandbox.fault(channel=channel, operation="send", fault="reset", accepted=accepted)
    office.publish(office.draft(), "website", channel)
    drain()
    assert Delivery.objects.get().state == "unknown"
    settle()
    assert Delivery.objects.get().state == "sent"
    assert len(received(sandbox, channel)) == 1


def test_a_message_that_is_unknown_is_looked_for_before_it_is_sent_again(office, sandbox):
    sandbox.fault(channel="facebook", operation="send", fault="reset", accepted=True)
    office.publish(office.draft(), "website", "facebook")
    settle()
    kinds = list(Attempt.objects.values_list("kind", "outcome"))
    assert kinds == [("send", "unknown"), ("look", "found")]


def test_a_sender_that_vanished_leaves_unknown_and_not_pending(office, sandbox):
    office.publish(office.draft(), "website", "line")
    Delivery.objects.update(
        state="sending",
        fence=1,
        attempts=1,
        first_attempt_at=timezone.now() - timedelta(minutes=1),
        lease_until=timezone.now() - timedelta(seconds=1),
    )
    Delivery.objects.update(due_at=timezone.now() + timedelta(hours=1))
    drain()
    assert Attempt.objects.filter(kind="lease", outcome="unknown").exists()


def test_an_answer_to_an_old_claim_changes_nothing(office, sandbox):
    from otp_policy.wagtail.syndication.claims import claim, move

    office.publish(office.draft(), "website", "line")
    late = Delivery.objects.get()
    assert claim(late, "pending")
    Delivery.objects.update(fence=late.fence + 1)
    assert not move(late, "failed")
    assert Delivery.objects.get().state == "sending"


def test_a_retry_key_that_has_expired_waits_for_a_person(office, sandbox):
    office.publish(office.draft(), "website", "line")
    Delivery.objects.update(
        state="unknown", first_attempt_at=timezone.now() - timedelta(hours=24), attempts=1
    )
    settle(2)
    assert Delivery.objects.get().state == "held"
    assert not received(sandbox, "line")


def test_a_rejected_token_holds_the_delivery_for_a_person(office, sandbox):
    sandbox.fault(channel="line", operation="send", fault="status", status=401, times=None)
    office.publish(office.draft(), "website", "line")
    settle(2)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.error_class) == ("held", "person")
    assert Account().line_token not in json.dumps(delivery.detail + str(delivery.payload))


def test_what_was_taken_down_before_it_went_out_is_never_sent(office, sandbox):
    page = office.publish(office.draft(), "website", "line")
    page.unpublish(user=office["publisher.web"])
    settle(2)
    assert Delivery.objects.get().state == "cancelled"
    assert not received(sandbox, "line")


def test_step_4_the_policy_is_asked_again_when_the_message_goes_out(office, sandbox):
    office.publish(office.draft(), "website", "line")
    Post.objects.filter(user=office["publisher.social"]).delete()
    settle(2)
    assert Delivery.objects.get().state == "held"
    assert not received(sandbox, "line")


def test_a_correction_goes_to_a_channel_only_where_a_new_time_is_agreed(office, sandbox):
    page = office.publish(office.draft(), "website", "line", "facebook")
    settle(2)
    office.publish(office.edit(fresh(page), summary="แก้ไข"))
    settle(2)
    assert len(sandbox.report()["messages"]) == 2


@override_settings(OTP_POLICY_LINE={}, OTP_POLICY_FACEBOOK={})
def test_a_channel_without_credentials_is_held_for_its_unit(office):
    office.publish(office.draft(), "website", "line")
    drain()
    delivery = Delivery.objects.get()
    assert delivery.state == "held"
    assert delivery.payload["title"] == "ข่าวทดสอบ"


def test_a_broker_that_does_not_answer_keeps_nothing_from_going_live(
    office, sandbox, django_capture_on_commit_callbacks
):
    with (
        override_settings(CELERY_BROKER_URL="redis://127.0.0.1:1/0"),
        django_capture_on_commit_callbacks(execute=True),
    ):
        page = office.publish(office.draft(), "website", "line")
    assert page.live
    settle(2)
    assert len(received(sandbox, "line")) == 1


def test_a_slot_of_another_unit_is_not_confirmed_by_the_outbox(office, sandbox):
    page = office.publish(office.draft())
    schedule.propose(page, office["pr.division-a"], channel="line", at=timezone.now())
    settle(2)
    assert not Delivery.objects.exists()


def test_the_unit_holds_and_frees_a_message_after_the_website_is_live(office, sandbox):
    page = office.draft()
    office.agree(page, "website", "line")
    office.approve(page)
    schedule.hold(page, office["publisher.social"], channel="line", note="รอภาพประกอบ")
    office_publishes()
    settle(2)
    assert not received(sandbox, "line")
    schedule.confirm(page, office["publisher.social"], channel="line")
    settle(2)
    assert len(received(sandbox, "line")) == 1


def office_publishes():
    assert publish_due() == 1


def test_a_message_already_owed_is_held_moved_and_hastened_by_its_unit(office, sandbox):
    page = office.draft()
    office.agree(page, "website")
    office.agree(page, "line", at=in_an_hour())
    office.approve(page)
    office_publishes()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.due_at > timezone.now()) == ("pending", True)
    unit = office["publisher.social"]
    schedule.hold(page, unit, channel="line", note="รอภาพประกอบ")
    settle(2)
    assert Delivery.objects.get().state == "held"
    assert not received(sandbox, "line")
    schedule.send_now(page, unit, channel="line")
    drain()
    assert len(received(sandbox, "line")) == 1
    assert Slot.objects.get(page_id=page.pk, channel="line").state == "used"


def test_a_correction_before_the_time_goes_out_instead_of_the_first_text(office, sandbox):
    page = office.draft(title="ข้อความแรก")
    office.agree(page, "website")
    office.agree(page, "line", at=in_an_hour())
    office.approve(page)
    office_publishes()
    office.edit(page, title="ข้อความที่แก้ไขแล้ว")
    office.agree(page, "website")
    office.approve(page)
    office_publishes()
    settle(3)
    [message] = received(sandbox, "line")
    assert "ข้อความที่แก้ไขแล้ว" in json.dumps(message, ensure_ascii=False)
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["sent", "superseded"]


def test_a_refused_message_goes_again_once_the_unit_agrees_a_new_time(office, sandbox):
    sandbox.fault(channel="line", operation="send", fault="status", status=401)
    page = office.publish(office.draft(), "website", "line")
    settle(1)
    assert Delivery.objects.get().state == "held"
    office.agree(page, "line")
    settle(2)
    assert len(received(sandbox, "line")) == 1
    assert Delivery.objects.get().state == "sent"


def test_what_may_be_out_is_not_sent_again_by_agreeing_a_new_time(office, sandbox):
    sandbox.fault(channel="facebook", operation="send", fault="reset", accepted=True)
    page = office.publish(office.draft(), "website", "facebook")
    drain()
    assert Delivery.objects.get().state == "unknown"
    Delivery.objects.update(state="held")
    office.agree(page, "facebook")
    settle(2)
    assert Delivery.objects.get().state == "held"
    assert len(received(sandbox, "facebook")) == 1
    # Whoever lets go what stands there does not let go this.
    release(Delivery.objects.get(), Slot.objects.filter(channel="facebook").latest("pk"), page=page)
    assert Delivery.objects.get().state == "held"
