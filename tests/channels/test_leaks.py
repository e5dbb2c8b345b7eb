"""No token in an outcome, a log, a representation or the sandbox's own report."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from otp_policy.channels.base import OutcomeState
from otp_policy.channels.facebook import FacebookConfig
from otp_policy.channels.line import LineConfig
from otp_policy.channels.redaction import redact

LOGGERS = ("", "urllib3.connectionpool", "linebot.v3.oauth.rest", "pyfacebook.api.graph")


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
    for secret in (*secrets, *sandbox.state.tokens):
        assert secret not in everything


FAULTS = [
    None,
    {"fault": "hold", "seconds": 5},
    {"fault": "reset"},
    {"fault": "html"},
    {"fault": "status", "status": 401},
    {"fault": "status", "status": 500},
]


@pytest.mark.parametrize("fault", FAULTS)
def test_facebook_says_no_token(sandbox, facebook, closed_url, facebook_at, notice, no_leak, fault):
    payload = facebook.render(notice)
    for operation, call in (
        ("send", lambda channel: channel.send(payload, key="k")),
        ("read", lambda channel: channel.reconcile(payload, key="k", since=datetime.now(UTC))),
        ("edit", lambda channel: channel.edit("1_1", payload)),
        ("delete", lambda channel: channel.delete("1_1")),
    ):
        if fault:
            sandbox.fault(channel="facebook", operation=operation, **fault)
        no_leak(call(facebook))
        no_leak(call(facebook_at(closed_url)))
    no_leak(payload)


@pytest.mark.parametrize("fault", FAULTS)
def test_line_says_no_token(sandbox, line, line_at, account, closed_url, notice, no_leak, fault):
    minted = {"channel_id": account.line_channel_id, "channel_secret": account.line_channel_secret}
    for channel in (line, line_at(sandbox.url, **minted), line_at(closed_url, **minted)):
        for operation in ("token", "send"):
            if fault:
                sandbox.fault(channel="line", operation=operation, **fault)
            no_leak(channel.send(channel.render(notice), key=str(uuid4())))
        sandbox.state.clear_faults()


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
