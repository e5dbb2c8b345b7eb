"""The numbers of a service's insight, fetched for the reports with the daily look."""

from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone, translation

from otp_policy.channels.sandbox import Account, Sandbox
from otp_policy.wagtail.syndication.health import look_at
from otp_policy.wagtail.syndication.models import Delivery, Readers
from otp_policy.wagtail.syndication.switches import ChannelSwitch
from tests.plugin.test_follow_ups import settle
from tests.plugin.test_outbox import channel_settings

pytestmark = pytest.mark.django_db
NUMBERS = ("reached", "saw", "followed")


@pytest.fixture
def sandbox():
    """Return a sandbox, with the site's channels pointed at it."""
    with Sandbox(account=Account()) as server, override_settings(**channel_settings(server)):
        server.configure(line_friends=300, line_unique_impressions=120, line_unique_clicks=19)
        yield server


@pytest.fixture
def sent(office, sandbox):
    """Return two messages that went out, on LINE and on Facebook."""
    office.publish(office.draft(title="ข่าวที่นับผู้อ่าน"), "website", "line", "facebook")
    settle(2)
    return {one.channel: one for one in Delivery.objects.all()}


def look():
    ChannelSwitch.objects.update(look_due_at=None)
    for channel in ("line", "facebook"):
        look_at(channel)


def asked(sandbox):
    return [row for row in sandbox.report()["requests"] if row["operation"] == "insight"]


def test_who_read_a_broadcast_is_fetched_and_too_few_are_not_zero(sandbox, sent):
    look()
    row = Readers.objects.get()
    assert row.delivery == sent["line"]
    assert [getattr(row, name) for name in NUMBERS] == [300, 120, None]
    assert row.told_at is not None


def test_numbers_grow_and_the_last_stand_when_the_service_cannot_be_asked(sandbox, sent):
    look()
    sandbox.configure(line_unique_impressions=200, line_unique_clicks=41)
    look()
    sandbox.fault(channel="line", operation="insight", fault="html", times=None)
    look()
    row = Readers.objects.get()
    assert [getattr(row, name) for name in NUMBERS] == [300, 200, 41]


def test_numbers_that_are_not_there_yet_are_none_told(sandbox, sent):
    sandbox.configure(line_statistics="unready")
    look()
    row = Readers.objects.get()
    assert (row.told_at, row.reached) == (None, None)
    sandbox.configure(line_statistics="ready")
    look()
    row.refresh_from_db()
    assert row.reached == 300


def test_a_message_of_other_days_is_not_asked_about(sandbox, sent):
    Delivery.objects.update(sent_at=timezone.now() - timedelta(days=15))
    before = len(asked(sandbox))
    look()
    assert not Readers.objects.exists()
    about = [row for row in asked(sandbox)[before:] if "message/event" in row["path"]]
    assert about == []


def test_who_cannot_be_asked_about_one_is_not_asked_about_all(office, sandbox, sent):
    office.publish(office.draft(title="ข่าวถัดไป"), "website", "line")
    settle(2)
    sandbox.fault(channel="line", operation="insight", fault="html", times=None)
    look()
    about = [row for row in asked(sandbox) if "message/event" in row["path"]]
    assert len(about) == 1
    assert ChannelSwitch.objects.get(channel="line").health == "healthy"


def test_the_screen_of_a_delivery_tells_its_readers(office, sandbox, sent):
    look()
    client = Client()
    client.force_login(office["publisher.social"])
    url = reverse("otp_policy_syndication_delivery_modeladmin_inspect", args=(sent["line"].pk,))
    with translation.override("en"):
        page = client.get(url, headers={"accept-language": "en"}).content.decode()
    assert "300" in page
    assert "120" in page
    assert "too few to tell" in page or "น้อยเกินกว่าจะแสดง" in page
    other = reverse(
        "otp_policy_syndication_delivery_modeladmin_inspect", args=(sent["facebook"].pk,)
    )
    assert "otp-readers-heading" in page
    assert "otp-readers-heading" not in client.get(other).content.decode()
