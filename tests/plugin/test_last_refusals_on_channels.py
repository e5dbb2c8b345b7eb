"""Refusals of last resort on the channels: a time, an item or a row that changed meanwhile."""

import uuid
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from otp_policy.wagtail.models import Approval, Slot
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.syndication import handling
from otp_policy.wagtail.syndication.by_hand import record_by_hand
from otp_policy.wagtail.syndication.claims import claim
from otp_policy.wagtail.syndication.gates import may_call
from otp_policy.wagtail.syndication.keepers import keeps
from otp_policy.wagtail.syndication.models import Delivery, HandDelivery
from otp_policy.wagtail.syndication.permission import may_go
from otp_policy.wagtail.syndication.switches import ChannelSwitch
from tests.office import fresh, in_an_hour
from tests.plugin.test_by_hand import ADDRESS, picture
from tests.tampering import tampering

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def page(office):
    with override_settings(OTP_POLICY_LINE={}, OTP_POLICY_FACEBOOK={}):
        yield office.publish(office.draft(), "website", "line")


@pytest.fixture
def task(page):
    """Return what the unit of LINE has to post by hand."""
    return Delivery.objects.get()


def following(task: Delivery, **values: Any) -> Delivery:
    """Return a delivery that follows *task* in its place."""
    row = Delivery.objects.get(pk=task.pk)
    row.pk, row.follows = None, task
    row.reference, row.retry_key = f"{task.reference}-{uuid.uuid4()}"[:64], uuid.uuid4()
    row.operation, row.in_place = "correct", True
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    return row


def reasons(call, *args, **more) -> list[str]:
    with pytest.raises(PolicyRefusal) as refused:
        call(*args, **more)
    return refused.value.reasons


def test_a_message_does_not_go_again_whose_time_or_item_is_gone(office, page, task):
    publisher = office["publisher.social"]
    slot = Slot.objects.filter(pk=task.slot_id)
    before = slot.get().state
    slot.update(state=Slot.State.HELD)
    assert str(handling.SLOT_IS_OPEN) in reasons(handling.resume, task, publisher)
    slot.update(state=before)
    assert reasons(handling.resume, task, publisher) == [str(handling.NO_ACCESS)]
    fresh(page).unpublish(user=office["publisher.web"])
    Delivery.objects.filter(pk=task.pk).update(state="held")
    assert str(handling.NOT_LIVE) in reasons(handling.resume, task, publisher)


def test_an_address_that_does_not_fit_settles_nothing(office, task):
    Delivery.objects.update(state="unknown", attempts=1)
    task.refresh_from_db()
    publisher = office["publisher.social"]
    url = "https://line.example/" + "a" * 500
    assert str(handling.ADDRESS_WRONG) in reasons(
        handling.say_it_is_there, task, publisher, url=url
    )
    assert Delivery.objects.get().state == "unknown"
    handling.say_it_is_there(task, publisher, url=ADDRESS)
    assert Delivery.objects.get().state == "sent"


def test_no_correction_is_recorded_of_a_message_that_may_be_out(office, task):
    Delivery.objects.filter(pk=task.pk).update(state="unknown", attempts=1)
    correction = following(Delivery.objects.get(pk=task.pk), state="held")
    values = {"url": ADDRESS, "at": timezone.now(), "picture": picture()}
    said = reasons(record_by_hand, correction, office["publisher.social"], **values)
    assert said == [str(handling.MAY_BE_OUT)]
    assert not HandDelivery.objects.exists()


@pytest.mark.parametrize("state", ["sent", "cancelled", "superseded"])
def test_nothing_is_recorded_of_a_message_that_is_over(office, task, state):
    Delivery.objects.update(state=state)
    values = {"url": ADDRESS, "at": timezone.now(), "picture": picture()}
    said = reasons(record_by_hand, task, office["publisher.social"], **values)
    assert said == [str(handling.IS_OVER)]


def test_nothing_is_recorded_as_posted_of_an_item_that_is_down(office, page, task):
    fresh(page).unpublish(user=office["publisher.web"])
    Delivery.objects.filter(pk=task.pk).update(state="held")
    values = {"url": ADDRESS, "at": timezone.now(), "picture": picture()}
    said = reasons(record_by_hand, task, office["publisher.social"], **values)
    assert said == [str(handling.NOT_LIVE)]
    assert not HandDelivery.objects.exists()


def test_a_message_does_not_go_in_the_name_of_a_closed_account(office, task):
    people = type(office["publisher.social"]).objects.filter(username="publisher.social")
    people.update(is_active=False)
    assert not may_go(Delivery.objects.get(pk=task.pk))
    task.refresh_from_db()
    assert "role_missing" in task.detail
    Delivery.objects.filter(pk=task.pk).update(state="sent", remote_id="1")
    correction = following(Delivery.objects.get(pk=task.pk), state="pending")
    assert not may_go(correction)
    correction.refresh_from_db()
    assert "role_missing" in correction.detail


def test_a_channel_is_kept_also_where_the_page_is_gone(office, task):
    Delivery.objects.update(page_id=999999)
    task.refresh_from_db()
    assert keeps(office["publisher.social"], task)
    assert not keeps(office["publisher.web"], task)


def test_a_notice_of_a_withdrawal_is_asked_for_like_a_message(office, page, task):
    Delivery.objects.filter(pk=task.pk).update(state="sent")
    fresh(page).unpublish(user=office["publisher.web"])
    rows = Delivery.objects.filter(operation="withdraw")
    rows.update(in_place=False, state="pending")
    notice = rows.get()
    assert may_go(notice)
    people = type(office["publisher.social"]).objects.filter(username="publisher.social")
    people.update(is_active=False)
    assert not may_go(Delivery.objects.get(pk=notice.pk))
    notice.refresh_from_db()
    assert notice.state == "held"


@pytest.mark.parametrize("kind", [Approval.Kind.BASELINE, Approval.Kind.EMERGENCY])
def test_what_is_public_without_an_approval_goes_out_on_no_channel(task, kind):
    with tampering():
        QuerySet(Approval).filter(pk=task.publication.approval_id).update(kind=kind)
    assert not may_go(Delivery.objects.get(pk=task.pk))
    task.refresh_from_db()
    assert "approval_missing" in task.detail


def test_a_message_whose_time_is_held_is_not_claimed(task):
    Delivery.objects.update(state="pending", due_at=timezone.now())
    task.refresh_from_db()
    for state in (Slot.State.HELD, Slot.State.PROPOSED, Slot.State.DROPPED):
        Slot.objects.filter(pk=task.slot_id).update(state=state)
        assert not claim(task, "pending")
    assert Delivery.objects.get().state == "pending"
    Slot.objects.filter(pk=task.slot_id).update(state=Slot.State.CONFIRMED)
    assert claim(task, "pending")
    assert Delivery.objects.get().state == "sending"


def test_a_pause_holds_what_was_not_tried_yet(db):
    ChannelSwitch.objects.update_or_create(channel="line", defaults={"paused_until": in_an_hour()})
    assert not may_call("line", timezone.now(), attempts=0)
    assert may_call("line", timezone.now(), attempts=1)


def test_a_row_that_was_claimed_meanwhile_is_not_written_over(task):
    stale = Delivery.objects.get(pk=task.pk)
    Delivery.objects.filter(pk=task.pk).update(fence=task.fence + 1, state="sending")
    with pytest.raises(RuntimeError):
        handling._write(stale, "cancelled")
    assert Delivery.objects.get().state == "sending"


def test_what_has_nothing_to_change_is_over(task):
    nothing = following(task, state="cancelled", follows=None)
    taking_back = following(nothing, operation="withdraw", state="pending", in_place=True)
    assert not may_go(taking_back)
    taking_back.refresh_from_db()
    assert (taking_back.state, taking_back.reason) == ("cancelled", "nothing_out")


def test_a_picture_that_is_lost_from_the_disk_is_not_found(office, client, task):
    publisher = office["publisher.social"]
    kept = record_by_hand(task, publisher, url=ADDRESS, at=timezone.now(), picture=picture())
    url = reverse("otp_policy_channels:picture", args=(task.pk,))
    client.force_login(publisher)
    assert b"".join(client.get(url).streaming_content) == picture().read()
    kept.picture.storage.delete(kept.picture.name)
    assert client.get(url).status_code == 404
