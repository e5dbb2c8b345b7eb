"""A message that waits for a person: its unit is told, once, and the channel goes on."""

import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from otp_policy.channels.sandbox import Account, Sandbox
from otp_policy.wagtail.mailing import mail_owed
from otp_policy.wagtail.models import LedgerEntry, Notice
from otp_policy.wagtail.syndication import handling
from otp_policy.wagtail.syndication.claims import claim
from otp_policy.wagtail.syndication.drain import drain
from otp_policy.wagtail.syndication.models import Delivery
from otp_policy.wagtail.syndication.switches import ChannelSwitch
from otp_policy.wagtail.telling import tell
from tests.office import fresh
from tests.plugin.test_follow_ups import corrected, settle
from tests.plugin.test_outbox import channel_settings

pytestmark = pytest.mark.django_db

TOO_LONG = {"message": "1 error", "details": [{"property": "messages[0]", "message": "Too long"}]}
UNREADABLE = {"fault": "error", "code": 100, "subcode": 1609005}


@pytest.fixture
def sandbox():
    """Return a sandbox, with the site's channels pointed at it."""
    with Sandbox(account=Account()) as server, override_settings(**channel_settings(server)):
        yield server


def tellings():
    """Return who was told, of which channel, by the rows of the ledger that say so."""
    while tell():
        pass
    notices = Notice.objects.filter(what="message_needs_person")
    return [(one.recipient.username, one.channel) for one in notices.order_by("pk")]


def settle_in_time(rounds):
    """Settle, each time after whatever a service asked for has passed."""
    for _ in range(rounds):
        ChannelSwitch.objects.update(wait_until=None)
        settle(1)


def owed():
    return Delivery.objects.get()


def test_a_text_that_the_service_refuses_is_told_to_the_channels_unit_once(office, sandbox):
    sandbox.fault(channel="line", fault="status", status=400, body=TOO_LONG)
    office.publish(office.draft(title="ข่าวที่ LINE ไม่รับ"), "website", "line")
    settle(3)
    assert (owed().state, owed().error_class) == ("failed", "content")
    assert tellings() == [("publisher.social", "line")]
    row = LedgerEntry.objects.get(action="message_needs_person")
    assert '"cause":"content"' in row.body.replace(" ", "")
    mail_owed()
    [letter] = [one for one in mail.outbox if "publisher.social@example.invalid" in one.to]
    assert "ข่าวที่ LINE ไม่รับ" in letter.body
    client = Client()
    client.force_login(office["publisher.social"])
    shown = client.get(reverse("otp_policy:notices")).content.decode()
    assert "ข่าวที่ LINE ไม่รับ" in shown
    assert not ChannelSwitch.objects.get(channel="line").is_paused(timezone.now())


@pytest.mark.parametrize("status", [401, 403])
def test_what_stops_the_whole_channel_is_told_for_the_channel(office, sandbox, status):
    sandbox.fault(channel="line", fault="status", status=status)
    office.publish(office.draft(), "website", "line")
    drain()
    assert ChannelSwitch.objects.get(channel="line").is_paused(timezone.now())
    assert LedgerEntry.objects.filter(action="pause_channel").exists()
    assert tellings() == []


def test_a_message_that_may_be_out_when_its_key_is_forgotten_is_told(office, sandbox):
    sandbox.fault(channel="line", fault="reset", accepted=True)
    office.publish(office.draft(), "website", "line")
    drain()
    Delivery.objects.update(first_attempt_at=timezone.now() - timedelta(hours=24))
    settle(3)
    assert (owed().state, owed().reason) == ("held", "key_expired")
    assert tellings() == [("publisher.social", "line")]


def test_a_withdrawn_message_that_may_be_out_is_told(office, sandbox):
    sandbox.fault(channel="line", fault="reset")
    page = office.publish(office.draft(), "website", "line")
    drain()
    fresh(page).unpublish(user=office["publisher.web"])
    settle(3)
    assert (owed().state, owed().reason) == ("held", "not_live_unknown")
    assert tellings() == [("publisher.social", "line")]
    assert not sandbox.report()["messages"]


@pytest.mark.parametrize(
    ("channel", "faults", "state"),
    [
        ("line", [{"fault": "status", "status": 503, "times": None}], "unknown"),
        ("line", [{"fault": "status", "status": 429, "times": None}], "pending"),
        (
            "facebook",
            [{"fault": "reset"}, {"operation": "read", "fault": "html", "times": None}],
            "unknown",
        ),
    ],
)
def test_a_service_that_settles_nothing_for_long_is_told_once(
    office, sandbox, channel, faults, state
):
    for fault in faults:
        sandbox.fault(channel=channel, **fault)
    office.publish(office.draft(), "website", channel)
    settle_in_time(3)
    assert tellings() == []
    Delivery.objects.update(first_attempt_at=timezone.now() - timedelta(hours=2))
    settle_in_time(3)
    assert (owed().state, owed().reason) == (state, "service_late")
    assert tellings() == [("publisher.social", channel)]
    sandbox.state.clear_faults()
    settle_in_time(6)
    assert owed().state == "sent"
    assert len(sandbox.report()["messages"]) == 1
    assert len(tellings()) == 1


def test_an_address_that_facebook_cannot_read_is_tried_three_times(office, sandbox):
    sandbox.fault(channel="facebook", times=None, **UNREADABLE)
    office.publish(office.draft(), "website", "facebook")
    states = []
    for _ in range(5):
        settle(1)
        states.append(owed().state)
    assert states == ["pending", "pending", "failed", "failed", "failed"]
    assert (owed().error_class, owed().reason) == ("content", "refused_often")
    assert "1609005" in owed().detail
    assert tellings() == [("publisher.social", "facebook")]
    sandbox.state.clear_faults()
    handling.resume(owed(), office["publisher.social"])
    settle(1)
    assert owed().state == "sent"


def test_only_the_same_answer_in_a_row_is_counted(office, sandbox):
    for _ in range(2):
        sandbox.fault(channel="facebook", times=2, **UNREADABLE)
        sandbox.fault(channel="facebook", fault="error", code=4)
    office.publish(office.draft(), "website", "facebook")
    settle_in_time(6)
    assert owed().state == "pending"
    settle_in_time(1)
    assert owed().state == "sent"


def test_a_post_that_somebody_deleted_stops_no_channel(office, sandbox):
    page = office.publish(office.draft(title="ข่าวที่มีคนลบ"), "website", "facebook")
    settle(2)
    for message in sandbox.state.messages:
        message["deleted"] = True  # by hand, on Facebook
    corrected(office, page)
    settle(2)
    last = Delivery.objects.latest("pk")
    assert (last.operation, last.state, last.reason) == ("correct", "failed", "of_message_alone")
    assert ("publisher.social", "facebook") in tellings()
    assert not LedgerEntry.objects.filter(action="pause_channel").exists()
    office.publish(office.draft(title="ข่าวถัดไป"), "website", "facebook")
    settle(1)
    assert Delivery.objects.latest("pk").state == "sent"


def test_a_page_whose_token_is_dead_is_no_matter_of_one_message(office, sandbox):
    page = office.publish(office.draft(), "website", "facebook")
    settle(2)
    sandbox.configure(page_scopes=["pages_read_engagement"])  # then an edit finds no post either
    corrected(office, page)
    settle(1)
    assert ChannelSwitch.objects.get(channel="facebook").pause_cause == "person"
    assert tellings() == []


# Keys, and the instant of the call


def test_a_message_that_surely_never_went_out_takes_a_new_key_after_a_day(office, sandbox):
    sandbox.configure(line_quota=0)
    office.publish(office.draft(), "website", "line")
    drain()
    key = owed().retry_key
    assert owed().state == "held"
    Delivery.objects.update(
        state="pending", first_attempt_at=timezone.now() - timedelta(days=20), attempts=1
    )
    ChannelSwitch.objects.update(paused_until=None)
    sandbox.configure(line_quota=100)
    sandbox.fault(channel="line", fault="reset", accepted=True)
    settle(1)
    assert owed().state == "unknown"  # and the new key is good for another day
    assert owed().retry_key != key
    assert owed().first_attempt_at > timezone.now() - timedelta(minutes=5)
    settle(1)
    assert owed().state == "sent"
    assert len(sandbox.report()["messages"]) == 1


def test_a_message_that_may_be_out_keeps_its_key(office, sandbox):
    sandbox.fault(channel="line", fault="reset", accepted=True)
    office.publish(office.draft(), "website", "line")
    drain()
    key = owed().retry_key
    Delivery.objects.update(first_attempt_at=timezone.now() - timedelta(hours=30))
    settle(2)
    assert (owed().state, owed().retry_key) == ("held", key)


def test_what_is_taken_down_between_the_question_and_the_call_is_not_sent(office, sandbox):
    sandbox.fault(channel="line", fault="reset")
    page = office.publish(office.draft(), "website", "line")
    drain()
    Delivery.objects.update(due_at=timezone.now())
    asked_about = owed()
    fresh(page).unpublish(user=office["publisher.web"])
    assert not claim(asked_about, "unknown")
    assert owed().attempts == 1


# An adapter of an agency's own


class Careless:
    """An adapter that breaks its contract: it raises, or answers with nothing."""

    name = "careless"
    answers: list = []

    def __init__(self, *, secret, test):
        self.secret = secret

    class capabilities:
        edit = delete = idempotent = False
        reconcile = True

    def render(self, notice):
        return {"title": notice.title, "text": notice.text, "reference": notice.reference}

    def validate(self, payload):
        return ()

    def send(self, payload, *, key):
        return self._next()

    def reconcile(self, payload, *, key, since):
        return self._next()

    def _next(self):
        answer = self.answers.pop(0)
        if answer == "raise":
            raise RuntimeError(f"no answer to https://service.example/?key={self.secret}")
        return None


@pytest.mark.parametrize("first", ["raise", "nothing"])
def test_an_adapter_that_breaks_its_contract_proves_nothing(office, caplog, first):
    Careless.answers = [first, "raise"]
    values = {"secret": "planted-secret-77", "test": str(uuid.uuid4())}
    channels = {"line": {"adapter": f"{__name__}.Careless", **values}}
    with override_settings(OTP_POLICY_CHANNELS=channels):
        office.publish(office.draft(), "website", "line")
        drain()
        assert owed().state == "unknown"
        settle(1)
    assert owed().state == "unknown"
    outcomes = [(one.kind, one.outcome) for one in owed().log.order_by("pk")]
    assert outcomes == [("send", "unknown"), ("look", "undecidable")]
    assert Careless.answers == []
    written = [owed().detail, *owed().log.values_list("detail", flat=True), caplog.text]
    assert "RuntimeError" in written[0]
    assert not any("planted-secret-77" in one for one in written)
    assert not any(".py:" in one for one in written[:-1])  # where it arose is for the log alone
