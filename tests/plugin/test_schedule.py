"""Step 2: the time per channel, between the division and the unit that owns the channel."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from otp_policy.wagtail import schedule
from otp_policy.wagtail.models import LedgerEntry, Post, Publication, Slot
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.refusals import PolicyRefusal
from tests.office import PASSWORD, fresh, in_an_hour

pytestmark = pytest.mark.django_db


def test_step_2_only_the_items_own_division_proposes(office):
    page = office.draft()
    for name in ("pr.division-b", "director.division-a", "publisher.web", "admin"):
        with pytest.raises(PolicyRefusal):
            schedule.propose(page, office[name], channel="website", at=in_an_hour())
    schedule.propose(page, office["pr.division-a"], channel="website", at=in_an_hour())


def test_step_2_only_the_channels_own_unit_confirms(office):
    page = office.draft()
    schedule.propose(page, office["pr.division-a"], channel="line", at=in_an_hour())
    for name in ("publisher.web", "pr.division-a", "director.office", "admin"):
        with pytest.raises(PolicyRefusal):
            schedule.confirm(page, office[name], channel="line")
    schedule.confirm(page, office["publisher.social"], channel="line")
    with pytest.raises(PolicyRefusal) as refusal:
        schedule.confirm(page, office["publisher.social"], channel="facebook")
    assert refusal.value.codes == ("slot_missing",)


def test_step_2_a_counter_proposal_waits_for_the_division(office):
    page = office.draft()
    later = in_an_hour()
    schedule.propose(page, office["pr.division-a"], channel="website", at=timezone.now())
    schedule.counter(page, office["publisher.web"], channel="website", at=later, note="คิวเต็ม")
    office.approve(page)
    publish_due(later + timedelta(minutes=1))
    assert not fresh(page).live
    slot = schedule.accept_counter(page, office["pr.division-a"], channel="website")
    assert (slot.at, slot.state) == (later, Slot.State.PROPOSED)


def test_a_new_proposal_needs_a_new_confirmation(office):
    page = office.draft()
    office.agree(page)
    schedule.propose(page, office["pr.division-a"], channel="website", at=in_an_hour())
    assert Slot.objects.get(page_id=page.pk).confirmed_by is None


def test_confirming_a_time_that_has_moved_is_refused(office):
    page = office.draft()
    slot = schedule.propose(page, office["pr.division-a"], channel="website", at=in_an_hour())
    seen = slot.at
    schedule.propose(page, office["pr.division-a"], channel="website", at=seen + timedelta(hours=1))
    with pytest.raises(PolicyRefusal):
        schedule.confirm(page, office["publisher.web"], channel="website", at=seen)


def test_step_4_nothing_goes_out_before_its_time_and_lateness_is_on_record(office):
    page = office.draft()
    at = timezone.now() + timedelta(minutes=10)
    office.agree(page, at=at)
    office.approve(page)
    assert publish_due(at - timedelta(seconds=1)) == 0
    assert publish_due(at) == 1
    late = office.draft(title="ข่าวที่สอง")
    office.agree(late, at=timezone.now() - timedelta(minutes=5))
    office.approve(late)
    publish_due()
    assert Publication.objects.get(page_id=late.pk).lateness_seconds >= 300


def test_step_4_a_publisher_whose_post_has_ended_publishes_nothing(office):
    page = office.draft()
    office.agree(page)
    office.approve(page)
    Post.objects.filter(user=office["publisher.web"]).delete()
    assert publish_due() == 0
    slot = Slot.objects.get(page_id=page.pk)
    assert slot.state == Slot.State.HELD
    assert "แนบท้ายประกาศข้อ 1 ขั้นตอน 4" in slot.note
    assert LedgerEntry.objects.filter(action="publish_refused").count() == 1


def test_the_unit_holds_an_item_and_sends_it_now(office):
    page = office.draft()
    office.agree(page, at=in_an_hour())
    office.approve(page)
    schedule.hold(page, office["publisher.web"], channel="website", note="รอแถลงข่าว")
    publish_due(in_an_hour() + timedelta(hours=1))
    assert not fresh(page).live
    schedule.send_now(page, office["publisher.web"], channel="website")
    assert publish_due() == 1


def test_one_item_that_cannot_be_published_does_not_stop_the_others(office):
    first, second = office.draft(), office.draft(title="ข่าวที่สอง")
    for page in (first, second):
        office.agree(page)
        office.approve(page)
    first.delete()
    assert publish_due() == 1
    assert fresh(second).live


def test_the_item_screen_takes_a_schedule_from_each_side(office):
    page = office.draft()
    url = reverse("otp_policy:slot", args=(page.pk, "website", "propose"))
    division, web = Client(), Client()
    division.login(username="pr.division-a", password=PASSWORD)
    web.login(username="publisher.web", password=PASSWORD)
    assert web.post(url, {"website-at": "2030-01-02 09:00"}, follow=True).status_code == 200
    assert not Slot.objects.exists()
    division.post(url, {"website-at": "2030-01-02 09:00"})
    slot = Slot.objects.get()
    assert timezone.localtime(slot.at).hour == 9
    web.post(
        reverse("otp_policy:slot", args=(page.pk, "website", "confirm")),
        {"website-at": "2030-01-02 09:00"},
    )
    slot.refresh_from_db()
    assert slot.is_confirmed


def test_confirming_no_time_at_all_confirms_nothing(office):
    page = office.draft()
    schedule.propose(page, office["pr.division-a"], channel="website", at=in_an_hour())
    client = Client()
    client.login(username="publisher.web", password=PASSWORD)
    url = reverse("otp_policy:slot", args=(page.pk, "website", "confirm"))
    response = client.post(url, {"website-at": ""}, follow=True)
    assert list(response.context["messages"])
    assert Slot.objects.get().state == Slot.State.PROPOSED


def test_a_wrong_date_is_explained_and_loses_nothing(office):
    page = office.draft()
    client = Client()
    client.login(username="pr.division-a", password=PASSWORD)
    response = client.post(
        reverse("otp_policy:slot", args=(page.pk, "website", "propose")),
        {"website-at": "๓๑ กุมภาพันธ์"},
        follow=True,
    )
    assert list(response.context["messages"])
    assert not Slot.objects.exists()
