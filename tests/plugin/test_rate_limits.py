"""A service that was asked too often: the whole channel leaves it alone, and only that channel."""

from datetime import timedelta

import pytest
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone, translation

from otp_policy.channels.base import ErrorClass, Outcome, OutcomeState
from otp_policy.channels.sandbox import Account, Sandbox
from otp_policy.wagtail.models import LedgerEntry
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.syndication import handling
from otp_policy.wagtail.syndication.breaker import open_breaker
from otp_policy.wagtail.syndication.claims import claim, claim_look
from otp_policy.wagtail.syndication.drain import deliver, drain
from otp_policy.wagtail.syndication.models import Delivery
from otp_policy.wagtail.syndication.outcomes import conclude
from otp_policy.wagtail.syndication.switches import ChannelSwitch
from otp_policy.wagtail.syndication.switching import end_pause
from otp_policy.wagtail.syndication.waits import LONGEST_WAIT_SECONDS, asks_to_wait, leave_alone
from tests.plugin.channel_service import read_in_english
from tests.plugin.test_outbox import channel_settings, make_due, settle

pytestmark = pytest.mark.django_db

REGAIN = {"X-Business-Use-Case-Usage": '{"1": [{"estimated_time_to_regain_access": 19}]}'}


@pytest.fixture
def sandbox():
    """Return a sandbox, with the site's channels pointed at it."""
    with Sandbox(account=Account()) as server, override_settings(**channel_settings(server)):
        yield server


def asked(sandbox, channel):
    """Return how the requests that meant to send on *channel* were answered."""
    rows = sandbox.report()["requests"]
    return [
        row["status"] for row in rows if (row["channel"], row["operation"]) == (channel, "send")
    ]


def publish(office, *channels, number=3):
    for each in range(number):
        office.publish(office.draft(title=f"ข่าวที่ {each}"), "website", *channels)
    make_due()


def waits(channel):
    """Return for how many seconds *channel* still waits."""
    until = ChannelSwitch.objects.get(channel=channel).wait_until
    return (until - timezone.now()).total_seconds() if until else 0


def time_passes():
    ChannelSwitch.objects.update(wait_until=timezone.now())
    make_due()


def test_one_refusal_holds_back_every_message_of_its_channel_and_none_of_another(office, sandbox):
    sandbox.fault(
        channel="line", fault="status", status=429, headers={"Retry-After": "120"}, times=1
    )
    publish(office, "line", "facebook")
    drain()
    settle(3)  # also the message that met it, whose own time has come
    assert asked(sandbox, "line") == [429]
    assert asked(sandbox, "facebook") == [200, 200, 200]
    assert 110 < waits("line") <= 120
    assert not waits("facebook")
    time_passes()
    drain()
    assert asked(sandbox, "line") == [429, 200, 200, 200]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.parametrize("code", [4, 17, 32, 341, 613, 80001])
def test_facebooks_limits_hold_back_the_page_for_the_time_that_it_names(office, sandbox, code):
    sandbox.fault(channel="facebook", fault="error", code=code, headers=REGAIN)
    publish(office, "facebook", "line")
    drain()
    assert asked(sandbox, "facebook") == [400]
    assert 18 * 60 < waits("facebook") <= 19 * 60
    assert asked(sandbox, "line") == [200, 200, 200]


def test_a_post_that_was_the_last_for_a_while_is_out_and_the_next_waits(office, sandbox):
    sandbox.fault(channel="facebook", fault="status", status=200, accepted=True, headers=REGAIN)
    publish(office, "facebook")
    drain()
    assert asked(sandbox, "facebook") == [200]
    assert sorted(Delivery.objects.values_list("state", flat=True)) == [
        "pending",
        "pending",
        "sent",
    ]
    assert 18 * 60 < waits("facebook") <= 19 * 60


def test_being_asked_too_often_is_no_failure_of_the_channel(office, sandbox):
    sandbox.fault(channel="line", fault="status", status=429, times=1)
    publish(office, "line")
    drain()
    switch = ChannelSwitch.objects.get(channel="line")
    assert (switch.pauses, switch.pause_cause, switch.paused_until) == (0, "", None)
    assert "429" in switch.wait_detail
    assert not LedgerEntry.objects.filter(action="pause_channel").exists()


def test_no_message_is_claimed_or_looked_for_whoever_chose_it_before(office, sandbox):
    publish(office, "line", "facebook", number=1)
    leave_alone("line", 600)
    leave_alone("facebook", 600)
    line = Delivery.objects.get(channel="line")
    assert deliver(line.pk) == 0  # by another process, or after a restart: the row knows
    line.refresh_from_db()
    assert (line.state, line.attempts, line.lease_until) == ("pending", 0, None)
    Delivery.objects.filter(pk=line.pk).update(attempts=1)  # as one that met a pause
    assert not claim(Delivery.objects.get(channel="line"), "pending")
    Delivery.objects.filter(channel="facebook").update(
        state="unknown", attempts=1, first_attempt_at=timezone.now()
    )
    assert not claim_look(Delivery.objects.get(channel="facebook"))
    drain()
    made = {row["operation"] for row in sandbox.report()["requests"]}
    assert made <= {"validate"}  # which the approval asked, before anything was owed


def test_a_list_of_posts_that_is_refused_holds_back_the_page_too(office, sandbox):
    sandbox.fault(channel="facebook", fault="reset")
    publish(office, "facebook", number=1)
    drain()
    publish(office, "facebook", number=2)
    sandbox.fault(channel="facebook", operation="read", fault="error", code=32, headers=REGAIN)
    drain()
    assert 18 * 60 < waits("facebook") <= 19 * 60
    before = len(sandbox.report()["requests"])
    settle(2)
    assert len(sandbox.report()["requests"]) == before
    time_passes()
    settle(4)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    assert len(sandbox.report()["messages"]) == 3


def test_the_longest_wait_counts_and_no_answer_beside_it_ends_it(office, sandbox):
    publish(office, "line", number=1)
    under_way = Delivery.objects.get()
    assert claim(under_way, "pending")
    leave_alone("line", 600)
    leave_alone("line", 60)
    sent = Outcome(state=OutcomeState.SENT, remote_id="1", request_id="1")
    conclude(under_way, sent, was_unknown=False)
    assert Delivery.objects.get().state == "sent"
    assert 590 < waits("line") <= 600
    leave_alone("line", 10**7)
    assert waits("line") <= LONGEST_WAIT_SECONDS


@pytest.mark.parametrize(
    ("values", "wait"),
    [
        ({"state": "held", "error_class": ErrorClass.RETRY, "retry_after_seconds": 5}, True),
        ({"state": "sent", "retry_after_seconds": 5}, True),
        ({"state": "sent"}, False),
        ({"state": "held", "error_class": ErrorClass.RETRY}, False),
        ({"state": "not_sent", "error_class": ErrorClass.RETRY, "retry_after_seconds": 5}, False),
        ({"state": "held", "error_class": ErrorClass.QUOTA, "retry_after_seconds": 5}, False),
        (
            {
                "state": "held",
                "error_class": ErrorClass.RETRY,
                "retry_after_seconds": 5,
                "of_message_alone": True,
            },
            False,
        ),
    ],
)
def test_which_answers_speak_of_the_whole_channel(values, wait):
    assert asks_to_wait(Outcome(**{**values, "state": OutcomeState(values["state"])})) is wait


def test_a_person_cannot_try_earlier_and_is_told_until_when(office, sandbox):
    unit = office["publisher.social"]
    open_breaker("line", cause="person", detail="renew", page_id=None)
    leave_alone("line", 3 * 3600)
    with pytest.raises(PolicyRefusal) as refused, translation.override("en"):
        end_pause("line", unit, "ต่ออายุสิทธิแล้ว")
    until = ChannelSwitch.objects.get(channel="line").wait_until
    assert f"{timezone.localtime(until):%H:%M}" in str(refused.value)
    assert ChannelSwitch.objects.get(channel="line").pause_cause == "person"
    assert not LedgerEntry.objects.filter(action="resume_channel").exists()
    time_passes()
    end_pause("line", unit, "ต่ออายุสิทธิแล้ว")
    assert ChannelSwitch.objects.get(channel="line").pause_cause == ""


def test_a_message_that_is_sent_again_by_hand_waits_with_the_others(office, sandbox):
    publish(office, "line", number=1)
    Delivery.objects.update(state="failed", error_class="content", attempts=1)
    leave_alone("line", 600)
    resumed = handling.resume(Delivery.objects.get(), office["publisher.social"])
    assert resumed.due_at == ChannelSwitch.objects.get(channel="line").wait_until
    drain()
    assert asked(sandbox, "line") == []


def test_the_panel_says_until_when_the_service_is_left_alone(office, sandbox, client):
    read_in_english(office)
    leave_alone("line", 3600)
    client.force_login(office["pr.division-a"])
    page = client.get(reverse("otp_policy_channels:channels")).content.decode()
    until = timezone.localtime(timezone.now() + timedelta(hours=1))
    assert "The service wants to be left alone until" in page
    assert f"{until:%H}:" in page
