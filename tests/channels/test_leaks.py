"""No token in an outcome, a log, a representation or the sandbox's own report."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from otp_policy.channels.base import OutcomeState
from otp_policy.channels.facebook import FacebookConfig
from otp_policy.channels.line import LineConfig
from otp_policy.channels.redaction import redact

LOGGERS = (
    "",
    "urllib3.connectionpool",
    "linebot.v3.oauth.rest",
    "linebot.v3.messaging.rest",
    "linebot.v3.insight.rest",
    "pyfacebook.api.graph",
)


@pytest.fixture
def no_leak(sandbox, caplog, capfd, secrets):
    """Watch everything that is said, from the libraries' debug level up."""
    for name in LOGGERS:
        caplog.set_level(logging.DEBUG, logger=name)
    said: list[object] = []
    yield said.append
    out, err = capfd.readouterr()
    records = caplog.get_records("call")
    logged = [f"{record.getMessage()} {record.args} {record.exc_text}" for record in records]
    everything = "\n".join([*map(repr, said), *logged, out, err, repr(sandbox.report())])
    assert any(record.name == "urllib3.connectionpool" for record in records)
    told = json.dumps([sandbox.report(), sandbox.state.settings.as_json()])
    everything += told
    _, _, page_token, app_secret = secrets
    proof = hmac.new(app_secret.encode(), page_token.encode(), hashlib.sha256).hexdigest()
    for secret in (*secrets, proof, *sandbox.state.tokens):
        assert secret not in everything


FAULTS = {
    "none": None,
    "hold": {"fault": "hold", "seconds": 5},
    "reset": {"fault": "reset"},
    "half": {"fault": "half"},
    "half accepted": {"fault": "half", "accepted": True},
    "html": {"fault": "html"},
    "401": {"fault": "status", "status": 401},
    "500": {"fault": "status", "status": 500},
    "redirect": {"fault": "status", "status": 302, "headers": {"Location": "/elsewhere"}},
    "no type": {"fault": "status", "status": 200, "headers": {"Content-Type": None}},
    "true": {"fault": "status", "status": 200, "body": True},
    "delay": {"fault": "delay", "seconds": 0.05},
}
FACEBOOK_ONLY = {"error 190": {"fault": "error", "code": 190}}
WORDS = {
    "send": lambda channel, payload: channel.send(payload, key=str(uuid4())),
    "read": lambda channel, payload: channel.reconcile(payload, key="k", since=datetime.now(UTC)),
    "edit": lambda channel, payload: channel.edit("1_1", payload),
    "delete": lambda channel, payload: channel.delete("1_1"),
    "debug_token": lambda channel, payload: channel.health(),
    "validate": lambda channel, payload: channel.check(payload),
    "quota": lambda channel, payload: channel.quota(),
    "info": lambda channel, payload: channel.health(),
    "insight": lambda channel, payload: channel.statistics("r"),
}
FACEBOOK = ("send", "read", "edit", "delete", "debug_token")
LINE = ("send", "validate", "quota", "info", "insight")


def parameters(faults):
    return pytest.mark.parametrize("fault", faults.values(), ids=faults.keys())


@parameters(FAULTS | FACEBOOK_ONLY)
@pytest.mark.parametrize("operation", FACEBOOK)
@pytest.mark.parametrize("image_url", ["", "https://www.example.go.th/77.jpg"])
def test_facebook_says_no_token(
    sandbox, facebook, closed_url, facebook_at, notice, no_leak, operation, image_url, fault
):
    payload = facebook.render(replace(notice, image_url=image_url))
    if fault:
        sandbox.fault(channel="facebook", operation=operation, **fault)
    no_leak(WORDS[operation](facebook, payload))
    no_leak(WORDS[operation](facebook_at(closed_url), payload))
    no_leak(payload)
    assert fault is None or not sandbox.state.faults  # it did strike


@parameters(FAULTS)
@pytest.mark.parametrize("operation", LINE)
def test_line_says_no_token(
    sandbox, line, line_at, account, closed_url, notice, no_leak, operation, fault
):
    payload = line.render(notice)
    minted = {"channel_id": account.line_channel_id, "channel_secret": account.line_channel_secret}
    for channel in (line, line_at(sandbox.url, **minted), line_at(closed_url, **minted)):
        if fault:
            sandbox.fault(channel="line", operation=operation, **fault)
        no_leak(WORDS[operation](channel, payload))
    assert fault is None or len(sandbox.state.faults) == 1  # nobody listened the last time


@parameters(FAULTS)
@pytest.mark.parametrize("operation", LINE)
def test_line_says_no_token_when_minting_fails(
    sandbox, line_at, account, notice, no_leak, operation, fault
):
    minted = {"channel_id": account.line_channel_id, "channel_secret": account.line_channel_secret}
    channel = line_at(sandbox.url, **minted)
    if fault:
        sandbox.fault(channel="line", operation="token", **fault)
    no_leak(WORDS[operation](channel, channel.render(notice)))
    assert not sandbox.state.faults


def test_a_token_that_was_replaced_is_not_repeated_either(sandbox, line_at, account, notice, key):
    minted = {"channel_id": account.line_channel_id, "channel_secret": account.line_channel_secret}
    line = line_at(sandbox.url, **minted)
    assert line.health().is_valid
    (first,) = sandbox.state.tokens
    sandbox.fault(channel="line", fault="status", status=401)
    sandbox.fault(channel="line", fault="status", status=400, body={"message": f"not {first}"})
    outcome = line.send(line.render(notice), key=key)
    assert "not [redacted]" in outcome.detail


def test_a_service_that_repeats_the_token_is_not_repeated(
    sandbox, line, facebook, secrets, notice, key
):
    message = " ".join(secrets)
    sandbox.fault(channel="line", fault="status", status=400, body={"message": message})
    body = {"error": {"code": 100, "message": message}}
    sandbox.fault(channel="facebook", fault="status", status=400, body=body)
    line_token, _, page_token, app_secret = secrets
    assert line_token not in line.send(line.render(notice), key=key).detail
    detail = facebook.send(facebook.render(notice), key=key).detail
    assert page_token not in detail
    assert app_secret not in detail


def test_configurations_show_no_secret(secrets, line, facebook):
    line_token, line_secret, page_token, app_secret = secrets
    shown = repr(LineConfig("h", "1", line_secret, line_token))
    shown += repr(FacebookConfig("h", "1", page_token, "2", app_secret)) + repr([line, facebook])
    for secret in secrets:
        assert secret not in shown


@pytest.mark.parametrize(
    "text",
    [
        "GET /v24.0/1?access_token=EAAB%2Bx&appsecret_proof=12ab&limit=1",
        '{"access_token": "EAAB%2Bx", "appsecret_proof":"12ab"}',
        "Authorization: Bearer EAAB%2Bx",
        "token EAAB+x, 12ab",
    ],
)
def test_tokens_are_masked_by_value_and_by_name(text):
    shown = redact(text, "EAAB+x", "12ab")
    assert "EAAB" not in shown
    assert "12ab" not in shown


def test_no_cut_leaves_half_a_token():
    assert "abcdef" not in redact("x" * 490 + "abcdefghijklmnop", "abcdefghijklmnop")


def test_a_page_without_a_token_waits_for_a_person(sandbox, account, facebook_at, notice):
    facebook = type(facebook_at(sandbox.url))(FacebookConfig(sandbox.url, account.page_id, ""))
    outcome = facebook.send(facebook.render(notice), key="k")
    assert (outcome.state, outcome.error_class) == (OutcomeState.HELD, "person")
    assert json.dumps(sandbox.report()["requests"]) == "[]"
