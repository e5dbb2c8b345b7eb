"""An access that is about to end: its unit is told some days before, each of the days once."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from otp_policy.channels.base import Health, HealthState
from otp_policy.channels.sandbox import Account, Sandbox
from otp_policy.wagtail.mailing import mail_owed
from otp_policy.wagtail.models import LedgerEntry, Notice
from otp_policy.wagtail.syndication.channel_states import channel_states, channels_in_need
from otp_policy.wagtail.syndication.health import look_at
from otp_policy.wagtail.syndication.switches import ChannelSwitch
from otp_policy.wagtail.telling import tell
from tests.plugin.channel_service import read_in_english, with_service
from tests.plugin.test_outbox import channel_settings

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    with with_service("line") as service:
        yield service


def looked(line, *, days, state=HealthState.HEALTHY):
    """Let the daily look find that the access holds for *days* more; None for no end."""
    ends_at = None if days is None else timezone.now() + timedelta(days=days)
    line.health_says = Health(state=state, is_valid=True, expires_at=ends_at)
    look_at("line")
    while tell():
        pass
    return Notice.objects.filter(what="access_ends").count()


def test_each_of_the_days_is_told_once_to_the_channels_unit(office, line):
    told = [looked(line, days=days) for days in (30, 14.5, 14, 13, 8, 6.9, 3, 1.5, 0.9, 0.5)]
    assert told == [0, 0, 1, 1, 1, 2, 2, 2, 3, 3]
    assert {one.recipient for one in Notice.objects.all()} == {office["publisher.social"]}
    assert LedgerEntry.objects.filter(action="access_ends").count() == 3
    assert not ChannelSwitch.objects.get(channel="line").is_paused(timezone.now())


def test_the_letter_names_channel_and_day(office, line):
    read_in_english(office)
    looked(line, days=5)
    mail_owed()
    [letter] = mail.outbox
    assert letter.to == ["publisher.social@example.invalid"]
    ends = timezone.localtime(ChannelSwitch.objects.get(channel="line").access_ends_at)
    assert "access ends on" in letter.subject
    assert f"{ends:%H:%M}" in letter.body


def test_what_was_renewed_is_told_of_anew(office, line):
    assert looked(line, days=1) == 1
    assert looked(line, days=6) == 2  # renewed, but not for long
    assert looked(line, days=60) == 2
    assert looked(line, days=7) == 3


def test_an_end_that_is_told_to_the_second_is_the_same_end(office, line):
    assert looked(line, days=5) == 1
    assert looked(line, days=5 + 1 / 86400) == 1


def test_who_was_not_answered_keeps_the_end_and_what_was_told(office, line):
    looked(line, days=5)
    before = ChannelSwitch.objects.get(channel="line").access_ends_at
    assert looked(line, days=None, state=HealthState.UNKNOWN) == 1
    assert ChannelSwitch.objects.get(channel="line").access_ends_at == before
    assert looked(line, days=4) == 1


@pytest.mark.parametrize("days", [None, -1, 0])
def test_no_end_and_one_that_is_over_are_not_announced(office, line, days):
    assert looked(line, days=days) == 0


@override_settings(OTP_POLICY_WARN_OF_ACCESS_END_DAYS=[3])
def test_the_days_are_a_setting(office, line):
    assert [looked(line, days=days) for days in (10, 3, 1)] == [0, 1, 1]


def test_the_panel_says_it_and_so_does_the_units_dashboard(office, line, client):
    read_in_english(office)
    unit = office["publisher.social"]
    looked(line, days=30)
    assert not channels_in_need(unit)
    looked(line, days=10)
    [state] = channels_in_need(unit)
    assert state.needs == ("access_ends",)
    client.force_login(unit)
    page = client.get(reverse("otp_policy_channels:channels")).content.decode()
    assert "The access ends on" in page
    looked(line, days=10, state=HealthState.UNHEALTHY)
    assert next(s for s in channel_states(unit) if s.code == "line").needs == ("access",)


def test_facebook_and_lines_own_token_tell_their_ends(office):
    with Sandbox(account=Account()) as server, override_settings(**channel_settings(server)):
        soon = int((timezone.now() + timedelta(days=6)).timestamp())
        server.configure(page_token_expires_at=soon, line_token_ends_in_seconds=6 * 24 * 3600)
        for channel in ("line", "facebook"):
            look_at(channel)
            ends_at = ChannelSwitch.objects.get(channel=channel).access_ends_at
            assert abs(ends_at.timestamp() - soon) < 60
    assert LedgerEntry.objects.filter(action="access_ends").count() == 2
