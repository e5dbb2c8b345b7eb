"""What the outbox does when a service is slow, confused, full or wrong. One message, or none."""

import json
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from otp_policy.channels.base import OutcomeState
from otp_policy.channels.sandbox import Account, Sandbox
from otp_policy.wagtail.syndication.claims import claim
from otp_policy.wagtail.syndication.conf import adapter_for, lease_seconds
from otp_policy.wagtail.syndication.drain import deliver, drain
from otp_policy.wagtail.syndication.models import Attempt, Delivery
from otp_policy.wagtail.syndication.operations import call
from otp_policy.wagtail.syndication.switches import ChannelSwitch

pytestmark = pytest.mark.django_db

ACCOUNT = Account()
CHANNELS = {
    "OTP_POLICY_LINE": {"access_token": ACCOUNT.line_token},
    "OTP_POLICY_FACEBOOK": {"page_id": ACCOUNT.page_id, "page_token": ACCOUNT.page_token},
    "OTP_POLICY_CHANNEL_TIMEOUT": (1.0, 0.5),
}


@pytest.fixture
def sandbox():
    """Return a sandbox, with the site's channels pointed at it."""
    with Sandbox(account=ACCOUNT) as server:
        line = {**CHANNELS["OTP_POLICY_LINE"], "host": server.url}
        facebook = {**CHANNELS["OTP_POLICY_FACEBOOK"], "graph_url": server.url}
        there = {"OTP_POLICY_LINE": line, "OTP_POLICY_FACEBOOK": facebook}
        with override_settings(**{**CHANNELS, **there}):
            yield server


def settle(rounds=6):
    """Do rounds, each after whatever a service asked for has passed."""
    for _ in range(rounds):
        ChannelSwitch.objects.update(wait_until=None)
        Delivery.objects.update(due_at=timezone.now())
        drain()


def asked(server, operation):
    return [row for row in server.report()["requests"] if row["operation"] == operation]


def owed():
    return Delivery.objects.get()


LIMITED = {"message": "The API rate limit has been exceeded. Try again later."}
QUOTA = {"message": "You have reached your monthly limit."}
USED_KEY = {"message": "The retry key is already accepted"}
NO_ID = {"x-line-request-id": None}

# What the service does; the state after the first round; and after its trouble is over.
TROUBLE = [
    ("line", {"fault": "status", "status": 500, "accepted": True}, "unknown", "sent"),
    ("line", {"fault": "status", "status": 500}, "unknown", "sent"),
    ("line", {"fault": "html", "accepted": True, "headers": NO_ID}, "unknown", "sent"),
    ("line", {"fault": "delay", "seconds": 1.0}, "unknown", "sent"),
    ("line", {"fault": "status", "status": 409, "body": USED_KEY}, "unknown", "sent"),
    ("line", {"fault": "status", "status": 429, "body": LIMITED}, "pending", "sent"),
    ("line", {"fault": "status", "status": 429, "body": QUOTA}, "held", "held"),
    ("line", {"fault": "status", "status": 401}, "held", "held"),
    ("line", {"fault": "status", "status": 403}, "failed", "failed"),
    ("facebook", {"fault": "status", "status": 500, "accepted": True}, "unknown", "sent"),
    ("facebook", {"fault": "status", "status": 500}, "unknown", "sent"),
    ("facebook", {"fault": "html", "accepted": True}, "unknown", "sent"),
    ("facebook", {"fault": "delay", "seconds": 1.0}, "unknown", "sent"),
    ("facebook", {"fault": "error", "code": 1, "accepted": True}, "unknown", "sent"),
    ("facebook", {"fault": "error", "code": 2}, "unknown", "sent"),
    ("facebook", {"fault": "error", "code": 506, "accepted": True}, "unknown", "sent"),
    ("facebook", {"fault": "error", "code": 4}, "pending", "sent"),
    ("facebook", {"fault": "error", "code": 368}, "pending", "sent"),
    ("facebook", {"fault": "error", "code": 190}, "held", "held"),
]


def wait_until(happened: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait for what another thread is about to do."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize(("channel", "fault", "first", "last"), TROUBLE)
def test_trouble_ends_in_one_message_or_in_none(office, sandbox, channel, fault, first, last):
    sandbox.fault(channel=channel, **fault)
    office.publish(office.draft(), "website", channel)
    drain()
    assert owed().state == first
    if fault["fault"] == "delay":
        sandbox.state.clear_faults()
        wait_until(lambda: sandbox.report()["messages"])  # it arrives late, and then it is there
    settle()
    assert owed().state == last
    assert len(sandbox.report()["messages"]) == (last == "sent")


def test_a_409_with_the_accepted_request_is_sent(office, sandbox):
    office.publish(office.draft(), "website", "line")
    sandbox.fault(channel="line", fault="reset", accepted=True)
    settle(2)
    assert owed().state == "sent"
    assert owed().request_id == sandbox.report()["messages"][0]["id"]
    assert [row["status"] for row in asked(sandbox, "send")] == [None, 409]


def test_a_later_refusal_does_not_settle_what_is_unknown(office, sandbox):
    sandbox.fault(channel="line", fault="reset", accepted=True)
    for status in (401, 400, 429):
        sandbox.fault(channel="line", fault="status", status=status)
    office.publish(office.draft(), "website", "line")
    for _ in range(4):
        settle(1)
        assert owed().state == "unknown"
    settle(1)
    assert owed().state == "sent"


@pytest.mark.parametrize("pause", ["120", "99999999999999999999"])
def test_a_service_is_left_alone_for_as_long_as_it_asks(office, sandbox, pause):
    headers = {"Retry-After": pause}
    sandbox.fault(channel="line", fault="status", status=429, body=LIMITED, headers=headers)
    office.publish(office.draft(), "website", "line")
    drain()
    assert owed().state == "pending"
    assert owed().due_at > timezone.now() + timedelta(seconds=110)
    assert owed().due_at < timezone.now() + timedelta(hours=25)
    deliver(owed().pk)  # a dispatcher whose list is older
    assert len(asked(sandbox, "send")) == 1


def test_a_page_that_is_paused_goes_by_itself_a_day_later(office, sandbox):
    sandbox.fault(channel="facebook", fault="error", code=368)
    office.publish(office.draft(), "website", "facebook")
    drain()
    assert owed().state == "pending"
    assert owed().due_at > timezone.now() + timedelta(hours=23)


@override_settings(OTP_POLICY_LOOK_AGAIN_SECONDS=(60.0, 60.0))
def test_dispatchers_with_the_same_list_look_once_and_not_twice(office, sandbox):
    sandbox.fault(channel="facebook", fault="reset")
    office.publish(office.draft(), "website", "facebook")
    drain()
    Delivery.objects.update(due_at=timezone.now())
    for _ in range(4):
        deliver(owed().pk)
    assert len(asked(sandbox, "read")) == 1
    assert (owed().state, owed().looks) == ("unknown", 1)


def test_a_look_that_is_taken_is_nobody_elses(office, sandbox):
    from otp_policy.channels.base import Reconciled, Reconciliation
    from otp_policy.wagtail.syndication.claims import claim_look
    from otp_policy.wagtail.syndication.settling import conclude_look

    sandbox.fault(channel="facebook", fault="reset", accepted=True)
    office.publish(office.draft(), "website", "facebook")
    drain()
    Delivery.objects.update(due_at=timezone.now())
    slow, quick = owed(), owed()
    assert claim_look(slow)
    assert not claim_look(quick)
    Delivery.objects.update(fence=slow.fence + 1)  # the slow look took longer than its lease
    conclude_look(slow, Reconciliation(state=Reconciled.ABSENT))
    assert owed().looks == 0


def test_a_page_that_cannot_be_read_is_asked_less_and_less_often(office, sandbox):
    sandbox.fault(channel="facebook", fault="reset", accepted=True)
    sandbox.fault(channel="facebook", operation="read", fault="error", code=190, times=None)
    office.publish(office.draft(), "website", "facebook")
    settle(6)
    assert owed().state == "unknown"
    assert owed().due_at > timezone.now() + timedelta(seconds=60)
    sandbox.state.clear_faults()
    settle(1)
    assert owed().state == "sent"
    assert len(sandbox.report()["messages"]) == 1


def test_what_was_taken_down_is_not_sent_to_find_out_whether_it_was_sent(office, sandbox):
    sandbox.fault(channel="line", fault="reset")
    page = office.publish(office.draft(), "website", "line")
    drain()
    assert owed().state == "unknown"
    page.unpublish(user=office["publisher.web"])
    settle(2)
    assert (owed().state, owed().error_class) == ("held", "person")
    assert not sandbox.report()["messages"]


@pytest.mark.parametrize("said", ["nul \0 byte", "half a \ud83d pair", "x" * 5000])
def test_whatever_a_service_says_can_be_written_down(office, sandbox, said):
    sandbox.fault(channel="line", fault="status", status=400, body=json.dumps({"message": said}))
    office.publish(office.draft(), "website", "line")
    drain()
    assert owed().state == "failed"
    assert "\0" not in Attempt.objects.get().detail
    assert 0 < len(owed().detail) <= 500


def test_a_request_number_of_any_length_is_still_an_answer(office, sandbox):
    headers = {"x-line-request-id": "r" * 900}
    sandbox.fault(channel="line", fault="status", status=200, accepted=True, headers=headers)
    office.publish(office.draft(), "website", "line")
    drain()
    assert owed().state == "sent"
    assert len(owed().request_id) == 200


@override_settings(OTP_POLICY_LEASE_SECONDS=1.0, OTP_POLICY_CHANNEL_TIMEOUT=(5.0, 15.0))
def test_who_wakes_up_in_the_call_with_its_lease_over_sends_nothing(office, sandbox):
    office.publish(office.draft(), "website", "facebook")
    delivery = owed()
    assert claim(delivery, "pending")
    delivery.claimed_at -= lease_seconds()  # its process was suspended since
    outcome = call(delivery, adapter_for("facebook"))
    assert outcome.state == OutcomeState.NOT_SENT
    assert asked(sandbox, "send") == sandbox.report()["messages"] == []


def test_a_lease_is_never_shorter_than_a_call():
    assert lease_seconds() > 20.0


def test_a_service_that_is_down_is_tried_again_when_it_is_up(office, closed_port):
    line = {"host": f"http://127.0.0.1:{closed_port}", "access_token": ACCOUNT.line_token}
    with override_settings(OTP_POLICY_LINE=line):
        office.publish(office.draft(), "website", "line")
        settle(2)
        assert owed().state == "pending"
        with Sandbox(closed_port, account=ACCOUNT) as server:
            settle(1)
            assert owed().state == "sent"
            assert len(server.report()["messages"]) == 1


@pytest.fixture
def closed_port():
    """Return a port of this machine where nobody listens."""
    with Sandbox() as gone:
        return gone.port
