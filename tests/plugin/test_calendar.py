"""Step 2: the calendar of times, its clashes, and what it tells to whom."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.users.models import UserProfile

from otp_policy.wagtail import schedule
from otp_policy.wagtail.clashes import clash_of, clashes_among
from otp_policy.wagtail.models import Holiday, Slot, Unit
from tests.office import PUBLISHERS

pytestmark = pytest.mark.django_db
BANGKOK = ZoneInfo("Asia/Bangkok")


def instant(day=15, hour=9, minute=0, month=12):
    return datetime(2026, month, day, hour, minute, tzinfo=BANGKOK)


def propose(office, page, *, channel="website", at=None):
    name = "pr.division-a" if page.owning_unit.code == "division-a" else "pr.division-b"
    return schedule.propose(page, office[name], channel=channel, at=at or instant())


def draft_of_b(office, **fields):
    unit = Unit.objects.get(code="division-b")
    return office.draft(by="pr.division-b", owning_unit=unit, **fields)


def see(client, office, name, query="month=2026-12"):
    client.force_login(office[name])
    response = client.get(f"{reverse('otp_policy:calendar')}?{query}")
    assert response.status_code == 200
    return response.content.decode()


def main_of(text):
    return text.split('id="main"')[-1]


def test_a_title_is_told_only_to_those_with_a_part_in_the_item(client, office):
    propose(office, office.draft(title="เรื่องของกอง ก"))
    for name in ("pr.division-a", "director.division-a", "director.office", "publisher.web"):
        assert "เรื่องของกอง ก" in see(client, office, name), name
    for name in ("pr.division-b", "director.division-b"):
        text = see(client, office, name)
        assert "เรื่องของกอง ก" not in text
        assert "จองแล้วโดยกอง ก" in text


def test_every_state_of_a_time_is_shown_and_none_that_was_dropped(client, office):
    web = office["publisher.web"]
    pages = [office.draft(title=f"เรื่องที่ {number}") for number in range(4)]
    for number, page in enumerate(pages):
        propose(office, page, at=instant(day=10 + number))
    schedule.counter(pages[1], web, channel="website", at=instant(day=20))
    schedule.confirm(pages[2], web, channel="website")
    schedule.hold(pages[3], web, channel="website", note="รอ")
    text = see(client, office, "publisher.web")
    for state in (Slot.State.PROPOSED, Slot.State.COUNTERED, Slot.State.CONFIRMED, Slot.State.HELD):
        assert str(state.label) in text
    Slot.objects.filter(page_id=pages[0].pk).update(state=Slot.State.DROPPED)
    assert "เรื่องที่ 0" not in see(client, office, "publisher.web")


def test_a_month_is_the_offices_month_and_a_channel_can_be_chosen(client, office):
    page = office.draft(title="เที่ยงคืน")
    propose(office, page, at=instant(day=1, hour=0))
    assert "เที่ยงคืน" in see(client, office, "publisher.web")
    assert "เที่ยงคืน" not in see(client, office, "publisher.web", "month=2026-11")
    assert "เที่ยงคืน" not in see(client, office, "publisher.web", "month=2026-12&channel=line")
    assert "เที่ยงคืน" in see(client, office, "publisher.web", "month=2026-12&channel=website")


def test_years_are_buddhist_days_are_thai_and_holidays_are_named(client, office):
    Holiday.objects.create(on=instant(day=10).date(), name_th="วันรัฐธรรมนูญ", name_en="Constitution")
    text = see(client, office, "publisher.web")
    assert "ธันวาคม 2569" in text
    assert "วันพฤหัสบดีที่ 10 ธันวาคม 2569" in text
    assert "วันรัฐธรรมนูญ" in text
    UserProfile.objects.create(user=office["publisher.social"], preferred_language="en")
    text = see(client, office, "publisher.social")
    assert "December 2026" in text
    assert "Constitution" in text


@pytest.mark.parametrize("query", ["", "month=2026-13", "month=0000-01", "month=x", "view=list"])
def test_whatever_is_asked_for_some_month_is_shown(client, office, query):
    assert "ปฏิทินการเผยแพร่" in see(client, office, "pr.division-a", query)


@pytest.mark.parametrize(("minutes", "clash"), [(0, True), (14, True), (15, False), (16, False)])
def test_two_times_on_a_channel_clash_when_they_are_too_near(office, minutes, clash):
    propose(office, office.draft())
    propose(office, draft_of_b(office), at=instant() + timedelta(minutes=minutes))
    assert bool(clashes_among(Slot.objects.all())) is clash


def test_other_channels_held_and_dropped_times_do_not_clash(office):
    first, second = office.draft(), draft_of_b(office)
    propose(office, first)
    propose(office, second, channel="line")
    assert not clashes_among(Slot.objects.all())
    propose(office, second)
    assert clashes_among(Slot.objects.all())
    schedule.hold(first, office["publisher.web"], channel="website", note="รอ")
    assert not clashes_among(Slot.objects.all())


def test_what_went_out_already_clashes_only_with_what_may_still_move(office):
    first, second = office.draft(), draft_of_b(office)
    propose(office, first)
    propose(office, second)
    Slot.objects.filter(page_id=first.pk).update(state=Slot.State.USED)
    assert len(clashes_among(Slot.objects.all())) == 2
    Slot.objects.update(state=Slot.State.USED)
    assert not clashes_among(Slot.objects.all())


def test_a_channel_takes_so_many_times_a_day_as_its_setting_says(office, settings):
    settings.OTP_POLICY_SLOTS = {"line": {"minutes_apart": 0, "a_day": 2}}
    pages = [office.draft(title=f"เรื่องที่ {number}") for number in range(3)]
    for number, page in enumerate(pages[:2]):
        propose(office, page, channel="line", at=instant(hour=9 + number))
    assert not clashes_among(Slot.objects.all())
    assert clash_of(pages[2].pk, channel="line", at=instant(hour=23)).a_day == 2
    assert clash_of(pages[2].pk, channel="line", at=instant(day=16, hour=0)) is None
    assert clash_of(pages[1].pk, channel="line", at=instant(hour=20)) is None  # it would move


def test_a_clash_across_midnight_and_the_end_of_a_month_is_seen(client, office):
    propose(office, office.draft(), at=instant(day=30, hour=23, minute=55, month=11))
    propose(office, draft_of_b(office), at=instant(day=1, hour=0, minute=5))
    assert "จำนวนเวลาที่ชนกันในเดือนนี้: 1" in see(client, office, "publisher.web")


def test_the_unit_sees_a_clash_before_it_accepts_and_strangers_no_title(client, office):
    first, second = office.draft(title="เรื่องแรก"), draft_of_b(office, title="เรื่องที่สอง")
    propose(office, first)
    propose(office, second)
    url = reverse("otp_policy:item", args=(second.pk,))
    client.force_login(office["publisher.web"])
    box = client.get(url).content.decode().split('id="otp-website"')[1].split("</section>")[0]
    assert "ชนกับเวลาของ" in box
    assert "เรื่องแรก" in box
    assert box.index("ชนกับเวลาของ") < box.index("/channels/website/confirm/")
    client.force_login(office["pr.division-b"])
    box = client.get(url).content.decode().split('id="otp-website"')[1].split("</section>")[0]
    assert "จองแล้วโดยกอง ก" in box
    assert "เรื่องแรก" not in box


def test_whoever_proposes_a_clashing_time_is_told_and_the_time_is_kept(client, office):
    propose(office, draft_of_b(office))
    page = office.draft()
    client.force_login(office["pr.division-a"])
    url = reverse("otp_policy:slot", args=(page.pk, "website", "propose"))
    response = client.post(url, {"website-at": "2569-12-15 09:05"}, follow=True)
    assert "ชนกับเวลาอื่น" in response.content.decode()
    assert Slot.objects.get(page_id=page.pk).at == instant(minute=5)


def test_step_2_both_sides_of_a_counter_proposal_through_the_screens(client, office):
    page = office.draft()
    propose(office, page)

    def post(name, action, at):
        client.force_login(office[name])
        url = reverse("otp_policy:slot", args=(page.pk, "website", action))
        return client.post(url, {"website-at": at, "website-note": "คิวเต็ม"}, follow=True)

    post("pr.division-a", "counter", "2569-12-15 11:00")  # the division owns no channel
    assert Slot.objects.get().state == Slot.State.PROPOSED
    post(PUBLISHERS["website"], "counter", "2569-12-15 11:00")
    slot = Slot.objects.get()
    assert (slot.state, slot.at, slot.note) == (Slot.State.COUNTERED, instant(hour=11), "คิวเต็ม")
    post(PUBLISHERS["website"], "accept", "")  # the unit does not answer itself
    assert Slot.objects.get().state == Slot.State.COUNTERED
    shown = post("pr.division-a", "accept", "").content.decode()
    assert Slot.objects.get().state == Slot.State.PROPOSED
    assert re.search(r"15 ธันวาคม 2569 11:00", shown)
    post(PUBLISHERS["website"], "confirm", "2569-12-15 11:00")
    assert Slot.objects.get().is_confirmed


def test_the_calendar_takes_the_same_queries_for_few_and_for_many(client, office):
    propose(office, office.draft())
    url = f"{reverse('otp_policy:calendar')}?month=2026-12"
    client.force_login(office["pr.division-b"])
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(8):
        propose(office, office.draft(title=f"เรื่องที่ {number}"), at=instant(day=16, minute=number))
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)
