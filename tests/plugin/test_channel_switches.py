"""Per channel: kill switch, circuit breaker, hourly limit, fair choice; with a stand-in adapter."""

import uuid
from datetime import timedelta
from typing import ClassVar

import pytest
from django.core import mail
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from otp_policy.channels.base import (
    Capabilities,
    ErrorClass,
    Outcome,
    OutcomeState,
    Reconciled,
    Reconciliation,
)
from otp_policy.wagtail.dispatcher import run_once
from otp_policy.wagtail.mailing import mail_owed
from otp_policy.wagtail.models import LedgerEntry, Notice, Post
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.signals import channel_needs_person
from otp_policy.wagtail.syndication import claims, health
from otp_policy.wagtail.syndication.choosing import Turns, anything_due, take_next
from otp_policy.wagtail.syndication.drain import deliver, drain
from otp_policy.wagtail.syndication.models import Attempt, Delivery
from otp_policy.wagtail.syndication.registry import adapter_for, per_hour
from otp_policy.wagtail.syndication.switches import ChannelCall, ChannelSwitch
from otp_policy.wagtail.syndication.switching import end_pause, switch_off, switch_on

pytestmark = pytest.mark.django_db

SENT = Outcome(state=OutcomeState.SENT, remote_id="1")
REFUSED = Outcome(state=OutcomeState.HELD, error_class=ErrorClass.PERSON, detail="renew it")
USED_UP = Outcome(state=OutcomeState.HELD, error_class=ErrorClass.QUOTA, detail="used up")


class Service:
    """An adapter of a channel that keeps what it was asked, and answers as it is told."""

    capabilities = Capabilities(edit=False, delete=False, idempotent=True, reconcile=False)

    def __init__(self, name: str) -> None:
        self.name = name
        self.sent: list[str] = []
        self.answer = SENT

    def render(self, notice):
        return {"title": notice.title}

    def validate(self, payload):
        return ()

    def send(self, payload, *, key):
        self.sent.append(payload["title"])
        return self.answer

    def reconcile(self, payload, *, key, since):
        return Reconciliation(state=Reconciled.UNDECIDABLE)


@pytest.fixture
def services():
    """Return a service for each of two channels, registered under their names."""
    made = {name: Service(name) for name in ("line", "facebook")}
    Registered.services = made
    path = f"{__name__}.registered"
    # An adapter is kept for the values that it was made of: each test has its own.
    test = str(uuid.uuid4())
    channels = {name: {"adapter": path, "name": name, "test": test} for name in made}
    with override_settings(OTP_POLICY_CHANNELS=channels):
        yield made
    Registered.services = {}


class Registered:
    """Where the settings find the services of the running test."""

    services: ClassVar[dict] = {}


def registered(name, test):
    """Return the service of a channel; the settings name this."""
    return Registered.services[name]


def publish(office, *channels, number=1):
    return [
        office.publish(office.draft(title=f"ข่าวที่ {each}"), "website", *channels)
        for each in range(number)
    ]


def later(**values):
    """Let time pass, as far as the outbox can tell."""
    ChannelSwitch.objects.update(**values)
    Delivery.objects.update(due_at=timezone.now())


# --- registry


def test_a_channel_speaks_through_the_adapter_that_the_settings_name(office, services):
    publish(office, "line")
    drain()
    assert services["line"].sent == ["ข่าวที่ 0"]
    assert Delivery.objects.get().state == "sent"
    assert adapter_for("line") is adapter_for("line")
    assert adapter_for("website") is None


@override_settings(OTP_POLICY_LINE={"host": "http://127.0.0.1:9", "access_token": "nobody"})
def test_the_settings_of_one_line_and_one_page_still_count():
    assert adapter_for("line").name == "line"
    assert (per_hour("line"), per_hour("facebook")) == (50, None)
    with override_settings(OTP_POLICY_CHANNELS={"line": {"adapter": "line", "per_hour": 7}}):
        assert per_hour("line") == 7
        assert adapter_for("line") is None  # without credentials its unit posts by hand


# --- kill switch


def test_nothing_goes_out_on_a_channel_that_is_switched_off(office, services):
    unit = office["publisher.social"]
    switch_off("line", unit, "ตรวจสอบบัญชี")
    publish(office, "line", "facebook")
    drain()
    assert (services["line"].sent, len(services["facebook"].sent)) == ([], 1)
    deliver(Delivery.objects.get(channel="line").pk)  # a dispatcher whose list is older
    assert not services["line"].sent
    switch_on("line", unit, "ตรวจแล้ว")
    drain()
    assert len(services["line"].sent) == 1
    rows = LedgerEntry.objects.filter(action__startswith="switch_channel").order_by("seq")
    assert [row.action for row in rows] == ["switch_channel_off", "switch_channel_on"]
    assert "ตรวจสอบบัญชี" in rows[0].body


@pytest.mark.parametrize("name", ["publisher.web", "director.division-a", "admin"])
def test_only_the_unit_that_owns_the_channel_switches_it(office, services, name):
    for action in (switch_off, switch_on, end_pause):
        with pytest.raises(PolicyRefusal):
            action("line", office[name], "เหตุผล")
    assert not ChannelSwitch.objects.filter(off_at__isnull=False).exists()


def test_who_has_left_the_post_or_says_no_reason_switches_nothing(office, services):
    unit = office["publisher.social"]
    with pytest.raises(PolicyRefusal):
        switch_off("line", unit, "  ")
    Post.objects.filter(user=unit).delete()
    with pytest.raises(PolicyRefusal):
        switch_off("line", unit, "เหตุผล")


# --- circuit breaker


@pytest.mark.parametrize(("answer", "cause"), [(REFUSED, "person"), (USED_UP, "quota")])
def test_a_channel_in_trouble_pauses_alone_and_its_unit_is_told_once(
    office, services, answer, cause
):
    told = []

    def hear(sender, channel, cause, page_id, **kwargs):
        told.append((channel, cause, page_id))

    services["line"].answer = answer
    pages = publish(office, "line", "facebook", number=3)
    channel_needs_person.connect(hear)
    try:
        run_once()
        assert len(services["line"].sent) == 1
        assert len(services["facebook"].sent) == 3
        later(paused_until=timezone.now())  # the pause is over, and the trouble is not
        run_once()
    finally:
        channel_needs_person.disconnect(hear)
    assert len(services["line"].sent) == 2
    assert told == [("line", cause, pages[0].pk)]
    [notice] = Notice.objects.filter(what=f"channel_needs_{cause}")
    assert notice.recipient == office["publisher.social"]
    assert LedgerEntry.objects.filter(action="pause_channel").count() == 1


def test_after_the_pause_one_message_tries_and_then_all_go(office, services):
    services["line"].answer = REFUSED
    publish(office, "line", number=3)
    drain()
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["held"] + 2 * ["pending"]
    services["line"].answer = SENT
    drain()
    assert len(services["line"].sent) == 1
    later(paused_until=timezone.now())
    drain()
    drain()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    assert ChannelSwitch.objects.get(channel="line").pauses == 0


def test_a_person_ends_the_pause_and_frees_only_what_surely_never_went_out(office, services):
    services["line"].answer = REFUSED
    publish(office, "line", number=2)
    drain()
    later(paused_until=timezone.now())
    drain()
    certain, uncertain = Delivery.objects.filter(state="held")
    Attempt.objects.create(delivery=uncertain, at=timezone.now(), kind="send", outcome="unknown")
    services["line"].answer = SENT
    end_pause("line", office["publisher.social"], "ต่ออายุสิทธิแล้ว")
    drain()
    certain.refresh_from_db()
    uncertain.refresh_from_db()
    assert (certain.state, uncertain.state) == ("sent", "held")


def test_each_pause_in_a_row_is_longer(office, services):
    services["line"].answer = REFUSED
    publish(office, "line", number=3)
    lengths = []
    for _ in range(3):
        later(paused_until=timezone.now())
        drain()
        until = ChannelSwitch.objects.get(channel="line").paused_until
        lengths.append((until - timezone.now()).total_seconds())
    assert lengths[0] > 800
    assert lengths[1] > 1.9 * lengths[0]
    assert lengths[2] > 1.9 * lengths[1]


# --- hourly limit


def test_no_hour_sees_more_than_the_limit_whoever_counts(office, services):
    from django.conf import settings

    line = {**settings.OTP_POLICY_CHANNELS["line"], "per_hour": 3}
    with override_settings(OTP_POLICY_CHANNELS={**settings.OTP_POLICY_CHANNELS, "line": line}):
        publish(office, "line", "facebook", number=5)
        drain()
        drain()
        assert (len(services["line"].sent), len(services["facebook"].sent)) == (3, 5)
        full_until = ChannelSwitch.objects.get(channel="line").full_until
        assert timedelta(minutes=58) < full_until - timezone.now() <= timedelta(hours=1)
        later(full_until=None)  # a process that does not know yet still counts the calls
        drain()
        assert len(services["line"].sent) == 3
        oldest = ChannelCall.objects.order_by("at").first()
        ChannelCall.objects.filter(pk=oldest.pk).update(at=timezone.now() - timedelta(hours=1))
        later(full_until=timezone.now())
        drain()
        assert len(services["line"].sent) == 4


def test_the_limit_is_kept_in_the_transaction_of_the_claim(office, services):
    from django.conf import settings

    line = {**settings.OTP_POLICY_CHANNELS["line"], "per_hour": 1}
    with override_settings(OTP_POLICY_CHANNELS={**settings.OTP_POLICY_CHANNELS, "line": line}):
        publish(office, "line", number=2)
        first, second = Delivery.objects.order_by("pk")
        assert claims.claim(first, "pending")
        assert not claims.claim(second, "pending")
        second.refresh_from_db()
        assert (second.state, second.attempts, second.lease_until) == ("pending", 0, None)


def test_no_more_calls_than_the_channel_takes_at_once_begin_in_whatever_process(office, services):
    from django.conf import settings

    line = {**settings.OTP_POLICY_CHANNELS["line"], "at_once": 1}
    with override_settings(OTP_POLICY_CHANNELS={**settings.OTP_POLICY_CHANNELS, "line": line}):
        publish(office, "line", number=3)
        first, second, third = Delivery.objects.order_by("pk")
        assert claims.claim(first, "pending")
        # Another process chose this one before the first call began.
        assert not claims.claim(second, "pending")
        Delivery.objects.filter(pk=first.pk).update(lease_until=timezone.now())
        assert claims.claim(third, "pending")  # whose caller died calls no more


# --- choice


def test_every_channel_has_its_turn_before_the_channels_are_asked_for_again(office, services):
    publish(office, "line", "facebook", number=2)
    turns, chosen, asked = Turns(), [], []
    for _ in range(4):
        with CaptureQueriesContext(connection) as captured:
            chosen.append(turns.take_next(busy={}).channel)
        asked.append(len(captured))
    assert set(chosen[:2]) == set(chosen[2:]) == {"line", "facebook"}
    assert asked[1] < asked[0]
    assert turns.take_next(busy={}) is None


def test_what_becomes_due_is_found_by_turns_that_found_nothing(office, services):
    turns = Turns()
    assert turns.take_next(busy={}) is None
    publish(office, "line")
    assert turns.take_next(busy={}) is not None


def test_the_least_busy_channel_is_served_first_and_none_takes_all_workers(office, services):
    publish(office, "line", "facebook", number=3)
    Delivery.objects.filter(channel="line").update(due_at=timezone.now() - timedelta(hours=1))
    chosen, busy = [], {}
    while (taken := take_next(busy=busy, channels_cap=2)) is not None:
        chosen.append(taken.channel)
        busy[taken.channel] = busy.get(taken.channel, 0) + 1
    assert sorted(chosen) == ["facebook", "facebook", "line", "line"]
    assert set(chosen[:2]) == {"facebook", "line"}


def test_messages_about_one_page_go_out_in_their_order(office, services):
    [page] = publish(office, "line")
    first = Delivery.objects.get()
    again = {"reference": "later", "operation": "other", "retry_key": uuid.uuid4()}
    second = Delivery.objects.create(
        page_id=page.pk,
        channel="line",
        publication=first.publication,
        slot=first.slot,
        payload={"title": "ภายหลัง"},
        due_at=timezone.now() - timedelta(hours=2),
        **again,
    )
    for state, attempts, due_at in (
        ("pending", 0, timezone.now()),
        ("pending", 1, timezone.now() + timedelta(hours=1)),
        ("unknown", 1, timezone.now() + timedelta(hours=1)),
        ("sending", 1, timezone.now()),
    ):
        Delivery.objects.filter(pk=first.pk).update(state=state, attempts=attempts, due_at=due_at)
        taken = take_next(busy={})
        assert taken is None or taken.pk == first.pk, (state, attempts)
        Delivery.objects.filter(pk=first.pk).update(lease_until=None)
    Delivery.objects.filter(pk=first.pk).update(
        state="pending", attempts=0, due_at=timezone.now() + timedelta(hours=1)
    )
    assert take_next(busy={}).pk == second.pk  # the first waits for its own, later time


def test_what_is_important_or_urgent_goes_before_what_was_due_earlier(office, services):
    from otp_policy.wagtail.models.lifecycle import UrgentMark

    pages = publish(office, "line", number=2)
    UrgentMark.objects.create(
        page_id=pages[1].pk, reason="urgent", at=timezone.now(), by=office["pr.division-a"]
    )
    assert take_next(busy={}).page_id == pages[1].pk


def test_a_reservation_is_nobody_elses_and_ends_by_itself(office, services):
    publish(office, "line")
    taken = take_next(busy={})
    assert taken.state == "pending"
    assert take_next(busy={}) is None
    assert deliver(taken.pk) == 0
    Delivery.objects.update(lease_until=timezone.now())
    assert take_next(busy={}).pk == taken.pk  # its holder died, and nothing was sent
    assert not Attempt.objects.exists()


def test_looking_for_work_where_there_is_none_costs_one_query(office, services):
    publish(office, "line", number=2)
    drain()
    with CaptureQueriesContext(connection) as captured:
        assert not anything_due()
    assert len(captured) == 1


def test_the_choice_costs_the_same_however_much_is_owed(office, services):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            taken = take_next(busy={})
        Delivery.objects.filter(pk=taken.pk).update(lease_until=None)
        return len(captured)

    publish(office, "line", "facebook")
    queries()
    few = queries()
    publish(office, "line", "facebook", number=4)
    assert queries() == few


# --- lease


def test_who_wakes_up_with_too_little_of_its_lease_left_does_not_call(
    office, services, monkeypatch
):
    publish(office, "line")
    kept = claims.claim

    def suspended(delivery, expected):
        taken = kept(delivery, expected)
        delivery.claimed_at -= 3600  # stopped here, for an hour
        return taken

    monkeypatch.setattr("otp_policy.wagtail.syndication.drain.claim", suspended)
    drain()
    assert not services["line"].sent
    assert Delivery.objects.get().state == "pending"
    monkeypatch.undo()
    later()
    drain()
    assert len(services["line"].sent) == 1


def test_an_acceptance_that_is_heard_late_ends_the_looking(office, services):
    from otp_policy.wagtail.syndication.outcomes import conclude

    publish(office, "line")
    late = Delivery.objects.get()
    assert claims.claim(late, "pending")
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    claims.expire_leases()
    looker = Delivery.objects.get()
    assert claims.claim_look(looker)
    claims.move(looker, "unknown")
    conclude(late, SENT, was_unknown=False)
    assert Delivery.objects.get().state == "sent"


# --- daily look


def look_at_all():
    assert health.look_is_due()
    while (look := health.take_look()) is not None:
        look[1]()


@pytest.mark.parametrize("owed", [True, False])
def test_a_dead_token_reaches_the_unit_before_anything_was_owed(office, services, owed):
    if owed:
        publish(office, "line")
    services["line"].health = Health
    look_at_all()
    run_once()
    [notice] = Notice.objects.filter(channel="line", what__endswith="needs_person")
    assert notice.recipient == office["publisher.social"]
    assert (notice.page_id != Notice.NO_PAGE) is owed
    mail_owed()
    [letter] = [one for one in mail.outbox if "ต่ออายุสิทธิการเข้าถึง" in one.subject]
    assert letter.to == ["publisher.social@example.invalid"]
    assert ("ข่าวที่ 0" in letter.body) is owed
    client = Client()
    client.force_login(notice.recipient)
    page = client.get(reverse("otp_policy:notices")).content.decode()
    assert "ต่ออายุสิทธิการเข้าถึง" in page
    answer = client.get(reverse("otp_policy:open_notice", args=(notice.pk,)))
    there = reverse("otp_policy:item", args=(notice.page_id,))
    assert answer.url == (there if owed else reverse("otp_policy_channels:channels"))
    assert client.get(answer.url).status_code == 200


def test_whoever_left_the_channels_unit_is_not_told_of_its_dead_token(office, services):
    Post.objects.filter(user=office["publisher.social"]).update(
        until_on=timezone.localdate() - timedelta(days=1)
    )
    services["line"].health = Health
    look_at_all()
    run_once()
    assert LedgerEntry.objects.filter(action="pause_channel").exists()
    assert not Notice.objects.exists()


class Health:
    state = "unhealthy"
    detail = "expired"


class Quota:
    is_known = True
    limit, used = 1000, 990


def test_a_dead_token_is_told_on_a_quiet_day(office, services):
    [page] = publish(office, "line")
    services["line"].health = Health
    services["line"].quota = Quota
    look_at_all()
    switch = ChannelSwitch.objects.get(channel="line")
    assert (switch.health, switch.quota_limit, switch.quota_used) == ("unhealthy", 1000, 990)
    assert switch.is_paused(timezone.now())
    row = LedgerEntry.objects.get(action="pause_channel")
    assert (row.page_id, switch.pause_cause) == (page.pk, "person")
    assert not health.look_is_due()  # a day later
    switch.look_due_at = timezone.now()
    switch.save()
    assert health.look_is_due()
