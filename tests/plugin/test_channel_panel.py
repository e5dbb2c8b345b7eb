"""The panel of the channels: everybody reads how they stand, their own unit alone switches."""

from datetime import timedelta

import pytest
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone, translation

from otp_policy.channels.base import Health, HealthState, Quota
from otp_policy.wagtail.models import LedgerEntry
from otp_policy.wagtail.syndication.breaker import open_breaker
from otp_policy.wagtail.syndication.channel_states import channel_states, channels_in_need
from otp_policy.wagtail.syndication.health import look_at
from otp_policy.wagtail.syndication.models import Delivery
from otp_policy.wagtail.syndication.quota import Allowance
from otp_policy.wagtail.syndication.switches import ChannelSwitch
from otp_policy.wagtail.syndication.switching import switch_off
from tests.plugin.channel_service import read_in_english, with_service

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english(office):
    read_in_english(office)
    with translation.override("en"):
        yield


def opened(client, user, name="channels", *args):
    client.force_login(user)
    return client.get(reverse(f"otp_policy_channels:{name}", args=args))


def state_of(office, channel="line", by="publisher.social"):
    return next(one for one in channel_states(office[by]) if one.code == channel)


def test_everybody_reads_the_panel_and_only_the_owner_unit_is_offered_the_switch(office, client):
    with with_service("line"):
        read = opened(client, office["pr.division-a"])
        assert read.status_code == 200
        assert "LINE" in read.content.decode()
        assert "/line/off/" not in read.content.decode()
        owned = opened(client, office["publisher.social"]).content.decode()
        assert reverse("otp_policy_channels:change", args=("line", "off")) in owned


def test_the_website_is_no_channel_of_the_panel(office, client):
    assert {one.code for one in channel_states(office["admin"])} == {"line", "facebook"}
    client.force_login(office["publisher.web"])
    assert client.get("/admin/channels/website/off/").status_code == 404


def test_switching_off_takes_a_reason_and_keeps_it(office, client):
    client.force_login(office["publisher.social"])
    url = reverse("otp_policy_channels:change", args=("line", "off"))
    empty = client.post(url, {"note": "  -  "})
    assert empty.status_code == 200
    assert not ChannelSwitch.objects.filter(channel="line", off_at__isnull=False).exists()
    client.post(url, {"note": "บัญชีถูกบุกรุก"})
    switch = ChannelSwitch.objects.get(channel="line")
    assert (switch.off_by, switch.off_reason) == (office["publisher.social"], "บัญชีถูกบุกรุก")
    assert LedgerEntry.objects.filter(action="switch_channel_off").count() == 1
    page = opened(client, office["pr.division-a"]).content.decode()
    assert "Switched off" in page
    assert "บัญชีถูกบุกรุก" in page


@pytest.mark.parametrize("by", ["publisher.web", "director.office", "pr.division-a", "admin"])
def test_whoever_is_not_of_the_unit_is_refused_and_keeps_what_was_typed(office, client, by):
    client.force_login(office[by])
    answer = client.post(
        reverse("otp_policy_channels:change", args=("line", "off")), {"note": "ขอปิดก่อน"}
    )
    text = answer.content.decode()
    assert "Only the unit that owns the channel" in text
    assert "ขอปิดก่อน" in text
    assert not ChannelSwitch.objects.filter(channel="line", off_at__isnull=False).exists()


def test_looking_at_the_question_switches_nothing(office, client):
    assert opened(client, office["publisher.social"], "change", "line", "off").status_code == 200
    assert not ChannelSwitch.objects.filter(channel="line", off_at__isnull=False).exists()


def test_on_again_and_the_end_of_a_pause(office, client):
    user = office["publisher.social"]
    switch_off("line", user, "ทดสอบ")
    client.force_login(user)
    client.post(reverse("otp_policy_channels:change", args=("line", "on")), {"note": "พร้อมแล้ว"})
    assert ChannelSwitch.objects.get(channel="line").off_at is None
    open_breaker("line", cause="person", detail="renew", page_id=None)
    client.post(reverse("otp_policy_channels:change", args=("line", "try")), {"note": "ต่ออายุแล้ว"})
    assert ChannelSwitch.objects.get(channel="line").pause_cause == ""


def test_what_a_channel_does_now_is_said_in_words(office):
    assert state_of(office).sending == "by_hand"
    with with_service("line"):
        assert state_of(office).sending == "on"
        ChannelSwitch.objects.filter(channel="line").update(
            full_until=timezone.now() + timedelta(minutes=5)
        )
        assert state_of(office).sending == "full"
        open_breaker("line", cause="quota", detail="", page_id=None)
        assert (state_of(office).sending, state_of(office).needs) == ("paused", ("allowance",))
        switch_off("line", office["publisher.social"], "ทดสอบ")
        assert state_of(office).sending == "off"


def test_the_look_of_the_dispatcher_is_what_the_panel_shows(office, client):
    ends = timezone.now() + timedelta(days=30)
    with with_service("line") as service:
        service.health_says = Health(state=HealthState.HEALTHY, expires_at=ends)
        service.quota_says = Quota(is_known=True, limit=1000, used=400, cost=250)
        channel_states(office["admin"])
        look_at("line")
        state = state_of(office)
        assert (state.allowance.left, state.allowance.cost) == (600, 250)
        assert state.switch.access_ends_at == ends
        page = opened(client, office["pr.division-a"]).content.decode()
        assert "One broadcast costs 250 of the 600 messages left this month (1000 in all)." in page
        assert service.asked == ["health", "quota"]  # the page itself asked nobody


def test_an_access_that_is_refused_needs_a_person(office, client):
    with with_service("line") as service:
        service.health_says = Health(state=HealthState.UNHEALTHY, detail="the token was revoked")
        channel_states(office["admin"])
        look_at("line")
        assert "access" in state_of(office).needs
        page = opened(client, office["publisher.social"]).content.decode()
        assert "the token was revoked" in page


@pytest.mark.parametrize(
    ("left", "cost", "number", "fits"),
    [
        (0, None, 1, False),
        (9, 10, 1, False),
        (10, 10, 1, True),
        (19, 10, 2, False),
        (5, None, 1, None),
    ],
)
def test_whether_it_fits_the_allowance(left, cost, number, fits):
    seen = Allowance(is_metered=True, limit=100, used=100 - left, cost=cost)
    assert seen.covers(number) is fits


def test_the_alarm_is_for_the_unit_that_owns_the_channel(office, client):
    office.publish(office.draft(), "website", "line")
    assert Delivery.objects.get().state == "held"
    assert [one.code for one in channels_in_need(office["publisher.social"])] == ["line"]
    assert channels_in_need(office["publisher.web"]) == []
    for name, is_told in (("publisher.social", True), ("publisher.web", False), ("admin", False)):
        client.force_login(office[name])
        page = client.get("/admin/").content.decode()
        assert ("Channels that need a person" in page) is is_told, name


def test_all_is_well_says_nothing(office, client):
    with with_service("line"), with_service("facebook"):
        client.force_login(office["publisher.social"])
        assert "Channels that need a person" not in client.get("/admin/").content.decode()


def test_the_panel_asks_as_often_for_twenty_messages_as_for_one(
    office, client, django_assert_num_queries
):
    with with_service("line"):
        page = office.publish(office.draft(), "website", "line")
        opened(client, office["publisher.social"])
        with django_assert_num_queries(_queries(office)):
            channel_states(office["publisher.social"])
        first = Delivery.objects.get(page_id=page.pk)
        slot, publication = first.slot, first.publication
        for number in range(20):
            Delivery.objects.create(
                page_id=10_000 + number,
                channel="line",
                publication=publication,
                slot=slot,
                reference=f"x{number}",
                payload={},
                due_at=timezone.now(),
                state="sent" if number % 2 else "held",
            )
        with django_assert_num_queries(_queries(office)):
            channel_states(office["publisher.social"])


def _queries(office):
    """Return the queries of the panel: rows, counts, last sent, units, and the reader's posts."""
    return 4 + 2


@override_settings(OTP_POLICY_CHANNELS={})
def test_without_access_data_the_channel_is_posted_on_by_hand(office, client):
    assert "Posted by hand" in opened(client, office["pr.division-a"]).content.decode()
