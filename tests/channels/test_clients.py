"""What the clients of the services must not do behind our back, nor tell anybody."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from otp_policy.channels.base import OutcomeState, Reconciled
from otp_policy.channels.facebook_client import Call
from otp_policy.channels.redaction import DETAIL_CHARACTERS, MASK, guard_loggers, redact

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
HIDDEN = {
    "429": {"fault": "status", "status": 429, "headers": {"Retry-After": "0"}},
    "503": {"fault": "status", "status": 503, "headers": {"Retry-After": "0"}},
    "redirect": {"fault": "status", "status": 302, "headers": {"Location": "/v2/bot/info"}},
    "repeat": {"fault": "status", "status": 307, "headers": {"Location": "/v2/bot/info"}},
}


def asked(sandbox):
    return [item["operation"] for item in sandbox.report()["requests"]]


@pytest.fixture
def elsewhere(monkeypatch, closed_url):
    """Name a proxy in the environment, behind which nobody answers."""
    for name in PROXIES:
        monkeypatch.setenv(name, closed_url)
        monkeypatch.setenv(name.lower(), closed_url)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("channel", ["line", "facebook"])
def test_a_proxy_of_the_environment_is_not_asked(request, sandbox, elsewhere, notice, key, channel):
    adapter = request.getfixturevalue(channel)
    assert adapter.send(adapter.render(notice), key=key).state is OutcomeState.SENT
    assert adapter.health().is_valid


def test_no_login_of_the_environment_goes_along(monkeypatch, tmp_path, facebook):
    """`requests` would take a login for the host out of a file of the user's."""
    login = tmp_path / "netrc"
    login.write_text("machine 127.0.0.1 login somebody password planted-login\n")
    monkeypatch.setenv("NETRC", str(login))
    seen = []  # the sandbox tells no headers: the request itself is looked at
    with Call(facebook._config) as call:
        call.api.session.hooks["response"].append(
            lambda answer, **_: seen.append(answer.request.headers)
        )
        call.api.get_object(facebook._config.page_id)
    assert seen
    assert all("Authorization" not in headers for headers in seen)


@pytest.mark.parametrize("fault", HIDDEN.values(), ids=HIDDEN.keys())
@pytest.mark.parametrize(
    ("operation", "ask"),
    [
        ("quota", lambda line, payload: line.quota()),
        ("info", lambda line, payload: line.health()),
        ("validate", lambda line, payload: line.check(payload)),
        ("insight", lambda line, payload: line.statistics("r")),
        ("send", lambda line, payload: line.send(payload, key=str(uuid4()))),
    ],
)
def test_one_question_to_line_is_one_request(sandbox, line, notice, operation, ask, fault):
    sandbox.fault(channel="line", operation=operation, times=None, **fault)
    ask(line, line.render(notice))
    assert asked(sandbox) == [operation]


@pytest.mark.parametrize("fault", HIDDEN.values(), ids=HIDDEN.keys())
def test_one_token_is_one_request(sandbox, line_at, account, notice, key, fault):
    line = line_at(
        sandbox.url, channel_id=account.line_channel_id, channel_secret=account.line_channel_secret
    )
    sandbox.fault(channel="line", operation="token", times=None, **fault)
    assert line.send(line.render(notice), key=key).state is OutcomeState.NOT_SENT
    assert asked(sandbox) == ["token"]


@pytest.mark.parametrize("fault", HIDDEN.values(), ids=HIDDEN.keys())
@pytest.mark.parametrize(
    ("operation", "ask"),
    [
        ("send", lambda page, payload: page.send(payload, key="k")),
        ("edit", lambda page, payload: page.edit("1_1", payload)),
        ("read", lambda page, payload: page.reconcile(payload, key="k", since=datetime.now(UTC))),
        ("debug_token", lambda page, payload: page.health()),
    ],
)
def test_one_question_to_facebook_is_one_request(sandbox, facebook, notice, operation, ask, fault):
    sandbox.fault(channel="facebook", operation=operation, times=None, **fault)
    ask(facebook, facebook.render(notice))
    assert asked(sandbox) == [operation]


def test_without_lines_request_id_no_answer_is_lines(sandbox, line, notice):
    headers = {"x-line-request-id": None}
    for operation in ("quota", "info", "validate", "insight"):
        sandbox.fault(
            channel="line",
            operation=operation,
            fault="status",
            status=200,
            accepted=True,
            times=None,
            headers=headers,
        )
    assert not line.quota().is_known
    assert line.health().state == "unknown"
    assert line.check(line.render(notice)).state == "unknown"
    assert line.statistics("r").state == "unknown"


def test_every_request_to_facebook_carries_the_proof(sandbox, facebook, notice, key):
    payload = facebook.render(notice)
    sent = facebook.send(payload, key=key)
    assert facebook.edit(sent.remote_id, payload).state is OutcomeState.SENT
    seen = facebook.reconcile(payload, key=key, since=datetime.now(UTC))
    assert seen.state is Reconciled.FOUND
    assert facebook.delete(sent.remote_id).state is OutcomeState.SENT
    assert len(asked(sandbox)) == 4


def test_the_longest_time_of_all_that_meta_tells_counts(sandbox, facebook, notice, key):
    usage = (
        '{"1": [{"estimated_time_to_regain_access": 3}, {"estimated_time_to_regain_access": 7}],'
        ' "2": [{"estimated_time_to_regain_access": 5}, {}]}'
    )
    headers = {"X-Business-Use-Case-Usage": usage}
    sandbox.fault(channel="facebook", fault="error", code=4, headers=headers)
    assert facebook.send(facebook.render(notice), key=key).retry_after_seconds == 7 * 60


@pytest.mark.parametrize("usage", ["[]", "{", "[1]", '{"1": 2}', '{"1": ["x"]}', '{"1": [{}]}'])
def test_usage_that_cannot_be_read_leaves_the_usual_time(sandbox, facebook, notice, key, usage):
    headers = {"X-Business-Use-Case-Usage": usage}
    sandbox.fault(channel="facebook", fault="error", code=4, headers=headers)
    outcome = facebook.send(facebook.render(notice), key=key)
    assert (outcome.state, outcome.retry_after_seconds) == (OutcomeState.HELD, 3600)


@pytest.mark.parametrize("body", [{}, {"id": ""}, {"id": 7}, {"id": None, "post_id": []}, []])
def test_an_answer_that_names_no_post_is_no_success(sandbox, facebook, notice, key, body):
    sandbox.fault(channel="facebook", fault="status", status=200, body=body)
    outcome = facebook.send(facebook.render(notice), key=key)
    assert (outcome.state, outcome.remote_id) == (OutcomeState.UNKNOWN, "")


def test_the_same_text_again_is_looked_for_and_is_the_earlier_post(sandbox, facebook, notice, key):
    """Code 506: an attempt whose answer was lost was the post that this one repeats."""
    sandbox.configure(refuse_duplicates=True)
    payload, since = facebook.render(notice), datetime.now(UTC)
    sandbox.fault(channel="facebook", fault="reset", accepted=True)
    assert facebook.send(payload, key=key).state is OutcomeState.UNKNOWN
    again = facebook.send(payload, key=key)
    assert (again.state, again.error_class) == (OutcomeState.UNKNOWN, "unknown")
    assert "506" in again.detail
    (post,) = sandbox.report()["messages"]
    assert facebook.reconcile(payload, key=key, since=since).remote_id == post["id"]


# Redaction


@pytest.mark.parametrize(
    "shown", ["a+b/c d", "a%2Bb%2Fc%20d", "a%2Bb%2Fc+d"], ids=["plain", "path", "form"]
)
def test_a_secret_is_masked_in_every_form_that_an_address_gives_it(shown):
    assert redact(f"x{shown}y", "a+b/c d") == f"x{MASK}y"


def test_a_secret_that_begins_with_another_leaves_no_rest():
    assert redact("planted-token-99", "planted", "planted-token-99") == MASK


def test_no_secret_is_nothing_to_mask():
    assert redact("all is well", "", "") == "all is well"


@pytest.mark.parametrize(
    "text",
    [
        "ACCESS_TOKEN=unknown1",
        "client_secret: unknown1",
        "'input_token': 'unknown1'",
        'appsecret_proof="unknown1"',
        "authorization: bearer unknown1",
    ],
)
def test_what_is_named_as_a_token_is_masked_though_nobody_knows_it(text):
    shown = redact(text)
    assert "unknown1" not in shown
    assert MASK in shown


def test_what_is_told_is_cut():
    assert len(redact("x" * 2000)) == DETAIL_CHARACTERS


@pytest.mark.parametrize(
    ("message", "args"),
    [
        ("GET /v24.0/1?access_token=%s", ("unknown1",)),
        ("sent with Bearer %s", ("unknown1",)),
        ("sent with Bearer unknown1", ()),
    ],
)
def test_a_guarded_logger_writes_no_token(caplog, message, args):
    guard_loggers("tests.channels.guarded")
    logger = logging.getLogger("tests.channels.guarded")
    with caplog.at_level(logging.DEBUG, logger=logger.name):
        logger.debug(message, *args)
        logger.debug("nothing to hide: %s", 1)
    assert "unknown1" not in caplog.text
    assert [record.getMessage() for record in caplog.records][1] == "nothing to hide: 1"
