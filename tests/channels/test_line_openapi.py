"""Everything that we send to LINE satisfies LINE's own OpenAPI files."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from otp_policy.channels.base import (
    CheckState,
    HealthState,
    NoticeKind,
    OutcomeState,
    StatisticsState,
)
from otp_policy.channels.line import LineAdapter, LineConfig
from tests.channels.line_openapi import REQUEST_ID, MockLine, judges
from tests.channels.test_sandbox_schemas import RIGHT, WRONG
from tests.conftest import SHARED, need_modules

FOLDER = SHARED / "specs" / "line-openapi"
BROADCAST = {"$ref": "#/components/schemas/BroadcastRequest"}

pytestmark = pytest.mark.shared

NOTICES = {
    "plain": {},
    "with a picture": {"image_url": "https://www.example.go.th/ภาพ 77.jpg"},
    "without text": {"text": ""},
    "with a Thai address": {"url": "https://www.example.go.th/ข่าว/?q=ก#ข"},
    "in plain texts": {"text": "น้ำใสไหลเย็น 😀 " * 900},
    "a correction": {"kind": NoticeKind.CORRECT, "note": "วงเงิน", "on": date(2026, 11, 24)},
    "a withdrawal": {"kind": NoticeKind.WITHDRAW, "note": "ซ้ำ", "on": date(2026, 11, 24)},
}
# What only LINE's reference says, in words, and its files do not.
BEYOND_THE_FILES = {
    "text that is empty",
    "image over http",
    "alternative too long",
    "thirteen bubbles",
    "hero that is a button",
    "deep text without text",
    "address with Thai letters",
    "label of 21 graphemes",
    "colour in words",
    "bubble over 30 KB",
    "confirm with one button",
    "latitude past the pole",
}


@pytest.fixture
def messaging():
    need_modules("jsonschema", "yaml")
    return judges(FOLDER)[0]


@pytest.fixture
def mock():
    need_modules("jsonschema", "yaml")
    with MockLine(FOLDER) as running:
        yield running


@pytest.fixture
def minting(mock):
    return LineAdapter(LineConfig(mock.url, channel_id="1650000000", channel_secret="secret"))


@pytest.mark.parametrize("change", NOTICES.values(), ids=NOTICES.keys())
def test_what_is_rendered_satisfies_lines_own_description(messaging, line, notice, change):
    payload = line.render(replace(notice, **change))
    assert not line.validate(payload)
    assert messaging.complaints(BROADCAST, payload) == []


def _spoiled(payload):
    """Yield the payload with one fault each, as a mistake of ours would make it."""
    for path in (
        ("altText",),
        ("contents", "body", "layout"),
        ("contents", "body", "contents"),
        ("contents", "footer", "contents", 0, "action"),
        ("contents", "hero", "url"),
        ("type",),
        ("contents", "type"),
    ):
        spoiled = copy.deepcopy(payload)
        part = spoiled["messages"][0]
        for step in path[:-1]:
            part = part[step]
        del part[path[-1]]
        yield spoiled
    strange = copy.deepcopy(payload)
    strange["messages"][0]["contents"]["body"]["layouts"] = "vertical"
    yield strange


def test_the_judge_is_awake(messaging, line, notice):
    payload = line.render(replace(notice, image_url="https://www.example.go.th/77.jpg"))
    assert messaging.complaints(BROADCAST, payload) == []
    for spoiled in _spoiled(payload):
        assert messaging.complaints(BROADCAST, spoiled)


@pytest.mark.parametrize("name", [name for name in RIGHT if name != "a property of tomorrow"])
def test_what_the_sandbox_takes_satisfies_the_files(messaging, name):
    assert messaging.complaints(BROADCAST, {"messages": [RIGHT[name]]}) == []


@pytest.mark.parametrize("name", WRONG)
def test_what_the_files_refuse_the_sandbox_refuses(messaging, name):
    message, _ = WRONG[name]
    complaints = messaging.complaints(BROADCAST, {"messages": [message]})
    assert bool(complaints) is (name not in BEYOND_THE_FILES)


@pytest.mark.parametrize("change", NOTICES.values(), ids=NOTICES.keys())
def test_a_server_made_of_lines_files_takes_what_we_send(mock, minting, notice, change):
    payload = minting.render(replace(notice, **change))
    check = minting.check(payload)
    outcome = minting.send(payload, key=str(uuid4()))
    assert mock.refused == []
    assert check.state is CheckState.PASSED
    assert (outcome.state, outcome.request_id) == (OutcomeState.SENT, REQUEST_ID)
    assert mock.asked == [
        "POST /oauth2/v3/token",
        "POST /v2/bot/message/validate/broadcast",
        "POST /v2/bot/message/broadcast",
    ]


def test_the_answers_of_lines_files_are_understood(mock, minting):
    quota, told, health = minting.quota(), minting.statistics(REQUEST_ID), minting.health()
    assert mock.refused == []
    assert (quota.is_known, quota.limit, quota.used) == (True, 1000, 500)
    assert quota.cost == 7620 - 237
    assert told.state is StatisticsState.READY
    assert (told.delivered, told.unique_impressions, told.unique_clicks) == (320, 82, 51)
    assert [link.clicks for link in told.links] == [41, 59]
    assert health.state is HealthState.HEALTHY


def test_the_server_made_of_lines_files_refuses(mock, minting, notice):
    payload = minting.render(notice)
    payload["messages"][0]["contents"]["footer"]["flavour"] = "sweet"
    outcome = minting.send(payload, key=str(uuid4()))
    assert (outcome.state, outcome.error_class) == (OutcomeState.REJECTED, "content")
    assert minting.check(payload).state is CheckState.REFUSED
    assert mock.refused


def test_what_the_sandbox_answers_satisfies_lines_files(messaging, sandbox, http, account):
    need_modules("jsonschema", "yaml")
    sandbox.configure(line_quota=1000, line_friends=300, line_unique_impressions=50)
    sandbox.configure(line_unique_clicks=30)
    headers = {"Authorization": f"Bearer {account.line_token}"}
    text = {"messages": [{"type": "text", "text": "a https://a.go.th/1"}]}
    sent = http("POST", "/v2/bot/message/broadcast", text, **headers)
    event = f"?requestId={sent.headers['x-line-request-id']}"
    paths = {
        "/v2/bot/message/quota": "",
        "/v2/bot/message/quota/consumption": "",
        "/v2/bot/info": "",
        "/v2/bot/message/delivery/broadcast": "?date=20261120",
        "/v2/bot/insight/followers": "?date=20261120",
        "/v2/bot/insight/message/delivery": "?date=20261120",
        "/v2/bot/insight/message/event": event,
    }
    for path, query in paths.items():
        answer = http("GET", path + query, **headers)
        judge, operation = next(
            (judge, found) for judge in judges(FOLDER) if (found := judge.operation("GET", path))
        )
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        assert answer.status == 200
        assert judge.complaints(schema, answer.body) == []
