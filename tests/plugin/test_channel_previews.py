"""As readers will see it: drawn before the submission, with every limit, which holds it back."""

import time

import pytest
from django.core.cache import cache
from django.db import connections
from django.urls import reverse
from django.utils import translation

from otp_policy.channels.base import Problem
from otp_policy.channels.readings import Check, CheckState
from otp_policy.wagtail.adapters import as_drafted, latest_text
from otp_policy.wagtail.models import Approval
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.signals import opinions_wanted
from otp_policy.wagtail.syndication import service_opinion
from otp_policy.wagtail.syndication.models import Delivery
from otp_policy.wagtail.syndication.previews import previews_of
from tests.office import fresh
from tests.plugin.channel_service import read_in_english, with_service
from tests.plugin.test_editor_doors import post_edit

pytestmark = pytest.mark.django_db
TOO_LONG = Problem(code="too_long", where="messages[0].altText", limit=1500, actual=1600)


@pytest.fixture(autouse=True)
def english(office):
    cache.clear()
    read_in_english(office)
    with translation.override("en"):
        yield
    cache.clear()


def by_channel(page, **options):
    return {one.channel: one for one in previews_of(as_drafted(page), **options)}


def too_long(office):
    """Make a draft that LINE would not take: a form would stop it, another door does not."""
    page = office.draft()
    return office.edit(page, social_text="ก" * 26_000)


def test_each_channel_is_drawn_as_its_readers_see_it_without_access_data(office):
    shown = by_channel(office.draft(title="ประกาศราคาข้าว", social_text="ราคาข้าวสัปดาห์นี้"))
    assert set(shown) == {"line", "facebook"}
    line, facebook = shown["line"], shown["facebook"]
    assert (line.look, line.shown.title, line.shown.text) == (
        "line",
        "ประกาศราคาข้าว",
        "ราคาข้าวสัปดาห์นี้",
    )
    assert line.shown.alt_text.startswith("ประกาศราคาข้าว\nhttp")
    assert facebook.look == "facebook"
    assert "ราคาข้าวสัปดาห์นี้" in facebook.shown.text
    assert not line.problems
    assert not facebook.problems


def test_the_address_is_the_same_in_whatever_language_a_time_is_confirmed(office):
    page = office.publish(office.draft(), "website")
    with translation.override("en"):
        office.agree(page, "line")
    with translation.override("th"):
        office.agree(page, "facebook")
    assert len({delivery.url for delivery in Delivery.objects.all()}) == 1
    assert "/en/" not in Delivery.objects.first().url
    assert "/en/" not in by_channel(page)["line"].shown.link


def test_counts_are_in_the_services_own_units(office):
    # An emoji is two of LINE's units, and a Thai letter with its marks is one of its letters.
    page = office.draft(title="ก")
    plain = by_channel(page)["line"]
    emoji = by_channel(office.edit(page, title="😀"))["line"]
    used = [
        next(one.actual for one in shown.measures if one.place == "the line of the notification")
        for shown in (plain, emoji)
    ]
    assert used[1] - used[0] == 1


def test_a_broken_limit_says_by_how_much(office):
    (sentence,) = by_channel(too_long(office))["line"].problems
    assert sentence.startswith("the number of messages: 6 messages, and at most 5 are taken.")


def test_a_broken_limit_keeps_the_item_from_being_submitted_by_every_door(office, client):
    page = too_long(office)
    with pytest.raises(PolicyRefusal) as refused:
        office.submit(page)
    assert "LINE" in str(refused.value)
    assert "at most 5 are taken" in str(refused.value)
    client.force_login(office["pr.division-a"])
    answer = client.post(reverse("otp_policy:submit", args=(page.pk,)), follow=True)
    assert "at most 5 are taken" in answer.content.decode()
    assert fresh(page).current_workflow_state is None
    office.submit(office.edit(page, social_text="สั้นแล้ว"))
    assert fresh(page).current_workflow_state is not None


def test_all_that_keeps_it_back_is_said_at_once(office):
    page = office.edit(too_long(office), summary="โทร 081-234-5678")
    with pytest.raises(PolicyRefusal) as refused:
        office.submit(page)
    assert len(refused.value.reasons) == 2


def test_the_editor_keeps_the_draft_and_says_why_it_is_not_submitted(office):
    page = office.draft()
    with with_service("line") as service:
        service.problems = (TOO_LONG,)
        answer = post_edit("pr.division-a", page, title="หัวเรื่องใหม่", **{"action-submit": "1"})
    assert "at most 1,500 are taken" in answer.content.decode()
    assert as_drafted(fresh(page)).title == "หัวเรื่องใหม่"
    assert fresh(page).current_workflow_state is None


def test_a_limit_that_broke_since_the_submission_is_refused_at_the_approval(office):
    page = office.submit(office.draft())
    with with_service("line") as service:
        service.problems = (TOO_LONG,)
        with pytest.raises(PolicyRefusal) as refused:
            office.decide(page, "director.division-a")
        assert "1,600" in str(refused.value)
        assert not Approval.objects.exists()
        office.decide(page, "director.division-a", "reject")  # sending it back needs no such text


def test_the_service_itself_is_asked_at_the_approval_and_its_refusal_counts(office):
    page = office.submit(office.draft())
    with with_service("line") as service:
        refused = Problem(code="refused", where="messages[0]", limit=0, actual=0, detail="bad hero")
        service.check_says = Check(state=CheckState.REFUSED, problems=(refused,))
        with pytest.raises(PolicyRefusal) as told:
            office.decide(page, "director.division-a")
        assert "bad hero" in str(told.value)
        assert "check" in service.asked


def test_the_service_is_asked_before_the_decision_opens_its_transaction(office):
    page = office.submit(office.draft())
    database, depths = connections["default"], []
    with with_service("line") as service:

        def said():
            depths.append(len(database.savepoint_ids))
            return Check(state=CheckState.PASSED)

        service.check_says = said
        outside = len(database.savepoint_ids)
        office.decide(page, "director.division-a")
    assert depths == [outside]


def test_what_the_service_said_of_one_text_counts_for_no_other(office):
    page = office.submit(office.draft())
    other = latest_text(office.edit(page, title="ข้อความอื่น"))[1]
    office.edit(page, title="ข่าวทดสอบ")

    def change_meanwhile(**about):
        office.edit(page, title="ข้อความอื่น")

    opinions_wanted.connect(change_meanwhile)
    try:
        with with_service("line") as service, pytest.raises(PolicyRefusal) as told:
            office.decide(page, "director.division-a", digest=other)
    finally:
        opinions_wanted.disconnect(change_meanwhile)
    assert service.asked == ["check"]
    assert "The text changed while the service was asked about it" in str(told.value)
    assert not Approval.objects.exists()
    with with_service("line"):
        office.decide(page, "director.division-a", digest=other)  # asked about this one now


def test_a_step_that_approves_nothing_asks_nobody(office):
    page = office.submit(office.other())
    with with_service("line") as service:
        page = office.decide(page, "director.division-a")
        office.decide(page, "director.office", "reject")
        assert "check" not in service.asked


@pytest.mark.parametrize("fault", ["unknown", "slow", "raises"])
def test_a_service_that_does_not_answer_stands_in_nobodys_way(office, client, monkeypatch, fault):
    monkeypatch.setattr(service_opinion, "_LONGEST_WAIT_SECONDS", 0.2)
    page = office.submit(office.draft())
    with with_service("line") as service:
        service.check_says = {
            "unknown": Check(state=CheckState.UNKNOWN),
            "slow": lambda: time.sleep(1),
            "raises": lambda: 1 / 0,
        }[fault]
        client.force_login(office["director.division-a"])
        began = time.monotonic()
        screen = client.get(reverse("otp_policy:item", args=(page.pk,))).content.decode()
        assert time.monotonic() - began < 10
        assert "The service was not asked" in screen
        office.decide(page, "director.division-a")
    assert Approval.objects.count() == 1


def test_nobody_asks_a_service_before_the_approval(office, client):
    with with_service("line") as service:
        page = office.submit(office.draft())
        client.force_login(office["pr.division-a"])
        client.get(reverse("otp_policy_channels:preview", args=(page.pk,)))
        client.get(reverse("wagtailadmin_pages:edit", args=(page.pk,)))
        assert "check" not in service.asked


def test_the_preview_stands_in_the_editor_on_its_screen_and_at_the_decision(office, client):
    page = office.draft(title="ราคาข้าวประจำสัปดาห์")
    client.force_login(office["pr.division-a"])
    editor = client.get(reverse("wagtailadmin_pages:edit", args=(page.pk,))).content.decode()
    assert 'class="otp-bubble"' in editor
    alone = client.get(reverse("otp_policy_channels:preview", args=(page.pk,))).content.decode()
    assert 'class="otp-bubble"' in alone
    assert "At most" in alone
    office.submit(page)
    client.force_login(office["director.division-a"])
    decision = client.get(reverse("otp_policy:item", args=(page.pk,))).content.decode()
    assert 'class="otp-bubble"' in decision


def test_whoever_has_no_part_in_the_item_sees_no_preview(office, client):
    page = office.draft(title="ยังไม่เปิดเผย")
    client.force_login(office["pr.division-b"])
    answer = client.get(reverse("otp_policy_channels:preview", args=(page.pk,)), follow=True)
    assert "ยังไม่เปิดเผย" not in answer.content.decode()


def test_the_cost_of_one_broadcast_stands_beside_the_time(office, client):
    from otp_policy.wagtail.syndication.choosing import all_switches
    from otp_policy.wagtail.syndication.switches import ChannelSwitch

    page = office.draft()
    all_switches()
    ChannelSwitch.objects.filter(channel="line").update(
        quota_limit=500, quota_used=100, quota_cost=450
    )
    client.force_login(office["pr.division-a"])
    screen = client.get(reverse("otp_policy:item", args=(page.pk,))).content.decode()
    assert "One broadcast costs 450 of the 400 messages left this month (500 in all)." in screen
    assert "does not suffice" in screen


def test_the_calendar_says_what_all_that_is_planned_costs(office, client):
    from otp_policy.wagtail import schedule
    from otp_policy.wagtail.syndication.choosing import all_switches
    from otp_policy.wagtail.syndication.switches import ChannelSwitch
    from tests.office import in_an_hour

    for _number in range(2):
        schedule.propose(office.draft(), office["pr.division-a"], channel="line", at=in_an_hour())
    all_switches()
    rows = ChannelSwitch.objects.filter(channel="line")
    client.force_login(office["pr.division-b"])
    for left, fits in ((100, False), (200, True)):
        rows.update(quota_limit=500, quota_used=500 - left, quota_cost=100)
        screen = client.get(reverse("otp_policy:calendar")).content.decode()
        assert "2 messages are planned; together they cost 200." in screen
        assert ("does not fit what is left" not in screen) is fits
    other = client.get(f"{reverse('otp_policy:calendar')}?channel=facebook").content.decode()
    assert "messages are planned" not in other
