"""What LINE tells when it is asked, and what is made of answers that are none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from otp_policy.channels import base
from otp_policy.channels.base import CheckState, HealthState, Quota, StatisticsState

BROKEN = {
    "hold": {"fault": "hold", "seconds": 20},
    "reset": {"fault": "reset"},
    "half": {"fault": "half", "accepted": True},
    "500": {"fault": "status", "status": 500},
    "html": {"fault": "html"},
    "no request id": {
        "fault": "status",
        "status": 200,
        "accepted": True,
        "headers": {"x-line-request-id": None},
    },
    "redirect": {"fault": "status", "status": 302, "headers": {"Location": "/v2/bot/info"}},
    "a list": {"fault": "status", "status": 200, "body": []},
    "400 of a proxy": {"fault": "status", "status": 400, "body": "<html>"},
    "429": {"fault": "status", "status": 429, "headers": {"Retry-After": "1"}},
}
broken = pytest.mark.parametrize("fault", BROKEN.values(), ids=BROKEN.keys())


def test_the_adapter_keeps_every_protocol(line):
    for protocol in ("Checking", "Metered", "Health", "Statistics"):
        assert isinstance(line, getattr(base, f"{protocol}Adapter"))


def test_line_passes_what_it_would_take(sandbox, line, notice):
    assert line.check(line.render(notice)).state is CheckState.PASSED
    (request,) = sandbox.report()["requests"]
    assert request["path"] == "/v2/bot/message/validate/broadcast"
    assert not sandbox.report()["messages"]


def test_line_says_what_it_would_refuse_and_where(line, notice):
    check = line.check(line.render(replace(notice, title="ก" * 1600)))
    assert check.state is CheckState.REFUSED
    (problem,) = check.problems
    assert (problem.code, problem.where) == ("refused", "messages[0].altText")
    assert "1500" in problem.detail


@pytest.mark.parametrize("payload", [{}, {"messages": 1}, {"messages": [{"type": "nonsense"}]}])
def test_what_is_no_message_is_refused_without_asking(sandbox, line, payload):
    check = line.check(payload)
    assert (check.state, check.problems[0].code) == (CheckState.REFUSED, "shape")
    assert not sandbox.report()["requests"]


def test_a_complaint_without_a_place_is_a_problem_too(sandbox, line, notice):
    body = {"message": "The request body has 1 error(s)"}
    sandbox.fault(channel="line", operation="validate", fault="status", status=400, body=body)
    (problem,) = line.check(line.render(notice)).problems
    assert (problem.where, problem.detail) == ("", body["message"])


@broken
def test_a_check_that_failed_is_no_opinion(sandbox, line, notice, fault):
    sandbox.fault(channel="line", operation="validate", **fault)
    assert line.check(line.render(notice)).state is CheckState.UNKNOWN
    assert len(sandbox.report()["requests"]) == 1  # no retry, no redirect behind our back


def test_the_quota_is_told_with_the_cost_of_one_broadcast(sandbox, line, notice):
    sandbox.configure(line_quota=1000, line_friends=300)
    line.send(line.render(notice), key=str(uuid4()))
    quota = line.quota()
    assert (quota.is_known, quota.limit, quota.used, quota.cost) == (True, 1000, 300, 300)
    assert (quota.left, quota.covers_one_more) == (700, True)


def test_no_limit_is_not_zero(line):
    quota = line.quota()
    assert (quota.is_known, quota.limit, quota.left) == (True, None, None)
    assert quota.covers_one_more


@pytest.mark.parametrize(
    ("limit", "used", "cost", "covered"),
    [
        (100, 60, 40, True),
        (100, 61, 40, False),
        (100, 100, 40, False),
        (100, 120, 0, False),
        (100, 60, None, None),
        (100, 100, None, False),
        (None, 60, 40, True),
    ],
)
def test_whether_one_more_is_covered(limit, used, cost, covered):
    assert Quota(is_known=True, limit=limit, used=used, cost=cost).covers_one_more is covered
    unknown = Quota(is_known=False, limit=limit, used=used, cost=cost)
    assert (unknown.covers_one_more, unknown.left) == (None, None)


@pytest.mark.parametrize("status", ["unready", "out_of_service"])
def test_friends_that_are_not_counted_leave_the_cost_open(sandbox, line, status):
    sandbox.configure(line_quota=1000, line_statistics=status)
    quota = line.quota()
    assert (quota.is_known, quota.left, quota.cost) == (True, 1000, None)
    assert quota.covers_one_more is None


def test_a_count_that_is_not_ready_is_not_believed(sandbox, line):
    body = {"status": "unready", "followers": 5, "blocks": 0}
    fault = {"fault": "status", "status": 200, "accepted": True, "body": body, "times": None}
    sandbox.fault(channel="line", operation="insight", **fault)
    assert line.quota().cost is None


def test_an_error_in_counting_friends_leaves_the_quota(sandbox, line):
    sandbox.configure(line_quota=1000)
    sandbox.fault(channel="line", operation="insight", fault="status", status=500)
    quota = line.quota()
    assert (quota.is_known, quota.left, quota.cost) == (True, 1000, None)
    assert "friends not counted" in quota.detail


@broken
def test_a_quota_that_could_not_be_read_is_not_known(sandbox, line, fault):
    sandbox.configure(line_quota=1000)
    sandbox.fault(channel="line", operation="quota", **fault)
    assert not line.quota().is_known


def test_readers_are_told_and_few_are_none(sandbox, line, notice, key):
    sandbox.configure(line_friends=300, line_unique_impressions=120, line_unique_clicks=19)
    sent = line.send(line.render(notice), key=key)
    told = line.statistics(sent.remote_id)
    assert told.state is StatisticsState.READY
    assert (told.delivered, told.unique_impressions, told.unique_clicks) == (300, 120, None)
    assert [(link.url, link.clicks) for link in told.links] == [(notice.url, None)]
    assert told.sent_at.tzinfo is not None


def test_numbers_that_are_not_there_yet_are_unready_not_zero(sandbox, line, notice, key):
    sent = line.send(line.render(notice), key=key)
    sandbox.configure(line_statistics="unready")
    for request_id in (sent.remote_id, str(uuid4())):
        told = line.statistics(request_id)
        assert (told.state, told.delivered) == (StatisticsState.UNREADY, None)


@broken
def test_statistics_that_could_not_be_read_are_unknown(sandbox, line, fault):
    sandbox.fault(channel="line", operation="insight", **fault)
    assert line.statistics("r").state is StatisticsState.UNKNOWN
    assert len(sandbox.report()["requests"]) == 1


def test_numbers_that_line_does_not_keep_are_unavailable(sandbox, line):
    sandbox.fault(channel="line", operation="insight", fault="status", status=404)
    assert line.statistics("r").state is StatisticsState.UNAVAILABLE


def test_a_channel_that_line_lets_in_is_healthy(line):
    health = line.health()
    assert (health.state, health.is_valid) == (HealthState.HEALTHY, True)


def test_a_static_token_tells_its_end_and_a_long_lived_one_has_none(sandbox, line):
    assert line.health().expires_at is None
    sandbox.configure(line_token_ends_in_seconds=30 * 24 * 3600)
    left = line.health().expires_at - datetime.now(UTC)
    assert timedelta(days=29, hours=23) < left <= timedelta(days=30)


def test_where_tokens_are_minted_no_end_is_asked_for(sandbox, line_at, account):
    sandbox.configure(line_token_ends_in_seconds=60)
    for token in ("", account.line_token):
        adapter = line_at(
            sandbox.url,
            access_token=token,
            channel_id=account.line_channel_id,
            channel_secret=account.line_channel_secret,
        )
        assert adapter.health().expires_at is None
    assert "verify" not in {item["operation"] for item in sandbox.report()["requests"]}


@pytest.mark.parametrize(
    "fault", [fault for name, fault in BROKEN.items() if name != "no request id"]
)
def test_an_end_that_line_does_not_tell_makes_no_channel_unwell(sandbox, line, fault):
    sandbox.configure(line_token_ends_in_seconds=60)
    sandbox.fault(channel="line", operation="verify", **fault)
    health = line.health()
    assert (health.state, health.expires_at) == (HealthState.HEALTHY, None)
    assert health.detail, "why its end is not known is told"
    assert not sandbox.state.faults


def test_a_channel_that_line_refuses_needs_a_person(sandbox, line, line_at):
    sandbox.configure(line_token_expired=True)
    wrong = line_at(sandbox.url, channel_id="1", channel_secret="2")
    for adapter in (line, wrong, line_at(sandbox.url)):
        health = adapter.health()
        assert (health.state, health.is_valid) == (HealthState.UNHEALTHY, False)


@broken
def test_a_channel_that_could_not_be_asked_is_not_unhealthy(sandbox, line, fault):
    sandbox.fault(channel="line", operation="info", **fault)
    health = line.health()
    assert (health.state, health.is_valid) == (HealthState.UNKNOWN, None)


def test_minted_tokens_are_renewed_for_readings_too(sandbox, line_at, account, notice):
    minting = line_at(
        sandbox.url, channel_id=account.line_channel_id, channel_secret=account.line_channel_secret
    )
    assert minting.quota().is_known
    sandbox.configure(line_token_expired=True)
    assert minting.statistics("r").state is StatisticsState.UNREADY
    assert minting.check(minting.render(notice)).state is CheckState.PASSED
    asked = [item["operation"] for item in sandbox.report()["requests"]]
    assert asked.count("token") == 2


def test_a_token_is_not_used_up_to_its_last_second(sandbox, line_at, account, notice):
    minting = line_at(
        sandbox.url, channel_id=account.line_channel_id, channel_secret=account.line_channel_secret
    )
    sandbox.configure(line_token_seconds=30)
    for _ in range(2):
        assert minting.send(minting.render(notice), key=str(uuid4())).state == "sent"
    asked = [item["operation"] for item in sandbox.report()["requests"]]
    assert asked == ["token", "send", "token", "send"]
