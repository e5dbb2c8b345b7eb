"""LINE broadcasts: one for each key, whatever the network does."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from otp_policy.channels.base import EditingAdapter, OutcomeState, Reconciled
from otp_policy.channels.sandbox import Account, Sandbox


def broadcasts(sandbox):
    return [item for item in sandbox.report()["messages"] if item["channel"] == "line"]


def test_one_send_is_one_broadcast_of_the_frozen_payload(sandbox, line, notice, key):
    payload = line.render(replace(notice, image_url="https://www.example.go.th/77.jpg"))
    outcome = line.send(payload, key=key)
    (broadcast,) = broadcasts(sandbox)
    assert outcome.state is OutcomeState.SENT
    assert outcome.remote_id == outcome.request_id == broadcast["id"]
    assert broadcast["payload"] == payload  # not what the SDK's models would make of it
    assert broadcast["retry_key"] == key
    assert (broadcast["title"], broadcast["url"]) == (notice.title, notice.url)
    assert notice.text in broadcast["text"]


def test_the_same_key_twice_is_one_broadcast_and_sent_both_times(sandbox, line, notice, key):
    payload = line.render(notice)
    first, second = (line.send(payload, key=key) for _ in range(2))
    assert [first.state, second.state] == [OutcomeState.SENT] * 2
    assert first.remote_id == second.remote_id
    assert len(broadcasts(sandbox)) == 1
    assert [item["status"] for item in sandbox.report()["requests"]] == [200, 409]


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "hold", "seconds": 20},
        {"fault": "reset"},
        {"fault": "half"},
        {"fault": "status", "status": 500},
        {"fault": "status", "status": 503, "body": "<html>", "headers": {"Content-Type": "x/y"}},
        {"fault": "html"},
        {"fault": "status", "status": 200, "headers": {"x-line-request-id": None}},
        {"fault": "status", "status": 302, "headers": {"Location": "/v2/bot/info"}},
        {"fault": "status", "status": 409},
        {"fault": "status", "status": 404},
        {"fault": "status", "status": 403, "body": "<html>blocked</html>"},
        {"fault": "status", "status": 429, "body": {"message": "slow down"}},
        {"fault": "status", "status": 429, "body": "", "headers": {"Retry-After": "1"}},
    ],
    ids=lambda fault: "-".join(str(fault.get(name, "")) for name in ("fault", "status")),
)
@pytest.mark.parametrize("accepted", [True, False])
def test_what_is_not_understood_is_unknown_and_the_same_key_settles_it(
    sandbox, line, notice, key, fault, accepted
):
    sandbox.fault(channel="line", operation="send", accepted=accepted, **fault)
    payload = line.render(notice)
    first = line.send(payload, key=key)
    assert (first.state, first.error_class) == (OutcomeState.UNKNOWN, "unknown")
    assert len(sandbox.report()["requests"]) == 1  # no retry, no redirect behind our back
    assert len(broadcasts(sandbox)) == int(accepted)
    again = line.send(payload, key=key)
    assert again.state is OutcomeState.SENT
    assert len(broadcasts(sandbox)) == 1
    assert again.remote_id == broadcasts(sandbox)[0]["id"]


def test_a_body_that_is_not_utf_8_is_unknown(sandbox, line, notice, key):
    headers = {"Content-Type": "application/json; charset=utf-16"}
    sandbox.fault(channel="line", fault="status", status=200, body="{} ", headers=headers)
    assert line.send(line.render(notice), key=key).state is OutcomeState.UNKNOWN


@pytest.mark.parametrize(
    ("status", "body", "state", "error_class", "retry_after"),
    [
        (401, {"message": "Authentication failed."}, "held", "person", None),
        (403, {"message": "Access to this API is denied."}, "rejected", "person", None),
        (429, {"message": "You have reached your monthly limit."}, "held", "quota", None),
        (429, {"message": "The API rate limit has been exceeded."}, "held", "retry", 60),
        (413, {"message": "Request exceeds the max size of 2MB"}, "rejected", "content", None),
        (
            400,
            {"message": "1 error", "details": [{"message": "Too long", "property": "messages[0]"}]},
            "rejected",
            "content",
            None,
        ),
    ],
)
def test_refusals_are_told_apart(
    sandbox, line, notice, key, status, body, state, error_class, retry_after
):
    sandbox.fault(channel="line", fault="status", status=status, body=body)
    outcome = line.send(line.render(notice), key=key)
    assert (outcome.state, outcome.error_class) == (state, error_class)
    assert outcome.retry_after_seconds == retry_after
    assert body["message"] in outcome.detail
    assert "details" not in body or "messages[0]: Too long" in outcome.detail
    assert not broadcasts(sandbox)


def test_retry_after_is_heeded(sandbox, line, notice, key):
    sandbox.fault(channel="line", fault="status", status=429, headers={"Retry-After": "7"})
    assert line.send(line.render(notice), key=key).retry_after_seconds == 7


def test_the_monthly_quota_holds_the_channel(account, line_at, notice):
    with Sandbox(account=Account(line_quota=1)) as small:
        line = line_at(small.url, access_token=small.state.account.line_token)
        states = [line.send(line.render(notice), key=str(uuid4())) for _ in range(2)]
    assert [(item.state, item.error_class) for item in states] == [("sent", ""), ("held", "quota")]


def test_nobody_listening_proves_that_nothing_was_sent(closed_url, line_at, notice, key):
    line = line_at(closed_url, access_token="x")
    outcome = line.send(line.render(notice), key=key)
    assert (outcome.state, outcome.error_class) == (OutcomeState.NOT_SENT, "retry")


def test_an_unknown_host_proves_that_nothing_was_sent(line_at, notice, key):
    line = line_at("http://nobody.invalid", access_token="x")
    assert line.send(line.render(notice), key=key).state is OutcomeState.NOT_SENT


def minting(sandbox, line_at, account):
    return line_at(
        sandbox.url, channel_id=account.line_channel_id, channel_secret=account.line_channel_secret
    )


def test_a_token_is_minted_once_and_kept(sandbox, line_at, account, notice):
    line = minting(sandbox, line_at, account)
    for _ in range(2):
        assert line.send(line.render(notice), key=str(uuid4())).state is OutcomeState.SENT
    asked = [item["operation"] for item in sandbox.report()["requests"]]
    assert asked == ["token", "send", "send"]


def test_a_refused_token_is_minted_anew_once_with_the_same_key(
    sandbox, line_at, account, notice, key
):
    line = minting(sandbox, line_at, account)
    line.send(line.render(notice), key=str(uuid4()))
    sandbox.state.tokens.clear()
    assert line.send(line.render(notice), key=key).state is OutcomeState.SENT
    sandbox.fault(channel="line", fault="status", status=401, times=None)
    outcome = line.send(line.render(notice), key=str(uuid4()))
    assert (outcome.state, outcome.error_class) == (OutcomeState.HELD, "person")
    sends = [item for item in sandbox.report()["requests"] if item["operation"] == "send"]
    assert [item["status"] for item in sends] == [200, 401, 200, 401, 401]
    assert sends[1]["retry_key"] == sends[2]["retry_key"] == key


def test_a_token_that_ended_is_replaced_where_there_is_a_secret(
    sandbox, line_at, account, notice, key
):
    line = line_at(
        sandbox.url,
        access_token=account.line_token,
        channel_id=account.line_channel_id,
        channel_secret=account.line_channel_secret,
    )
    assert line.send(line.render(notice), key=str(uuid4())).state is OutcomeState.SENT
    sandbox.configure(line_token_expired=True)
    assert line.send(line.render(notice), key=key).state is OutcomeState.SENT
    assert line.send(line.render(notice), key=str(uuid4())).state is OutcomeState.SENT
    asked = [(row["operation"], row["status"]) for row in sandbox.report()["requests"]]
    sent = ("send", 200)
    assert asked == [sent, ("send", 401), ("token", 200), sent, sent]
    assert len(broadcasts(sandbox)) == 3


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ({"fault": "hold"}, "not_sent"),
        ({"fault": "reset"}, "not_sent"),
        ({"fault": "html"}, "not_sent"),
        ({"fault": "status", "status": 500}, "not_sent"),
        ({"fault": "status", "status": 400}, "held"),
    ],
)
def test_without_a_token_nothing_has_left(sandbox, line_at, account, notice, key, fault, state):
    line = minting(sandbox, line_at, account)
    sandbox.fault(channel="line", operation="token", **fault)
    assert line.send(line.render(notice), key=key).state == state
    assert not broadcasts(sandbox)


def test_wrong_credentials_need_a_person(sandbox, line_at, notice, key):
    for settings in ({"channel_id": "1", "channel_secret": "2"}, {}):
        outcome = line_at(sandbox.url, **settings).send({"messages": []}, key=key)
        assert outcome.state is OutcomeState.REJECTED  # the content is looked at first
        line = line_at(sandbox.url, **settings)
        outcome = line.send(line.render(notice), key=key)
        assert (outcome.state, outcome.error_class) == (OutcomeState.HELD, "person")


@pytest.mark.parametrize("payload", [{}, {"messages": []}, {"messages": [{"type": "nonsense"}]}])
def test_a_payload_that_is_no_broadcast_never_leaves(sandbox, line, key, payload):
    outcome = line.send(payload, key=key)
    assert (outcome.state, outcome.error_class) == (OutcomeState.REJECTED, "content")
    assert not sandbox.report()["requests"]


def test_a_key_that_is_no_uuid_never_leaves(sandbox, line, notice):
    outcome = line.send(line.render(notice), key="page:77")
    assert (outcome.state, outcome.error_class) == (OutcomeState.REJECTED, "content")
    assert not sandbox.report()["requests"]


def test_reconciling_points_to_the_key(line, notice, key):
    answer = line.reconcile(line.render(notice), key=key, since=None)
    assert answer.state is Reconciled.UNDECIDABLE
    assert "same key" in answer.detail
    assert line.capabilities.idempotent
    assert not isinstance(line, EditingAdapter)
