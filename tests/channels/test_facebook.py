"""Facebook posts: no idempotency, so an end that is not known is settled by reading back."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta

import pytest

from otp_policy.channels.base import EditingAdapter, Notice, OutcomeState, Reconciled


def posts(sandbox):
    return [item for item in sandbox.report()["messages"] if item["channel"] == "facebook"]


@pytest.fixture
def since():
    return datetime.now(UTC)


def test_one_send_is_one_post_with_link_and_reference(sandbox, facebook, notice, key):
    payload = facebook.render(notice)
    before = copy.deepcopy(payload)
    outcome = facebook.send(payload, key=key)
    (post,) = posts(sandbox)
    assert (outcome.state, outcome.remote_id) == (OutcomeState.SENT, post["id"])
    assert outcome.permalink == post["permalink_url"]
    assert post["text"].endswith("เลขอ้างอิง / Ref. TPSO-77-3f2a9c")
    assert (post["title"], post["url"]) == (notice.title, notice.url)
    assert post["payload"] == {"message": payload["message"], "link": notice.url}
    assert payload == before  # the SDK writes the token into what it is given


def test_two_sends_are_two_posts(sandbox, facebook, notice, key):
    for _ in range(2):
        facebook.send(facebook.render(notice), key=key)
    assert len(posts(sandbox)) == 2


def test_a_post_is_found_again_by_its_reference(sandbox, facebook, notice, key, since):
    payload = facebook.render(notice)
    assert facebook.reconcile(payload, key=key, since=since).state is Reconciled.ABSENT
    sent = facebook.send(payload, key=key)
    found = facebook.reconcile(payload, key=key, since=since)
    assert found.state is Reconciled.FOUND
    assert (found.remote_id, found.permalink) == (sent.remote_id, sent.permalink)


def test_a_longer_reference_is_another_post(facebook, notice, key, since):
    longer = Notice(title="t", text="", url=notice.url, reference=notice.reference + "1")
    facebook.send(facebook.render(longer), key=key)
    answer = facebook.reconcile(facebook.render(notice), key=key, since=since)
    assert answer.state is Reconciled.ABSENT


def test_two_posts_with_one_reference_are_told(facebook, notice, key, since):
    payload = facebook.render(notice)
    first = facebook.send(payload, key=key)
    facebook.send(payload, key=key)
    answer = facebook.reconcile(payload, key=key, since=since)
    assert (answer.state, answer.remote_id) == (Reconciled.FOUND, first.remote_id)
    assert answer.detail == "2 posts carry this reference"


def test_reading_back_goes_through_all_pages(sandbox, facebook, notice, key, since):
    payload = facebook.render(notice)
    sent = facebook.send(payload, key=key)
    for number in range(120):
        other = Notice(title="t", text="", url=notice.url, reference=f"X-{number}")
        facebook.send(facebook.render(other), key=key)
    assert facebook.reconcile(payload, key=key, since=since).remote_id == sent.remote_id
    reads = [item for item in sandbox.report()["requests"] if item["operation"] == "read"]
    assert len(reads) == 2


def test_an_older_post_is_not_looked_at(facebook, notice, key, since):
    payload = facebook.render(notice)
    facebook.send(payload, key=key)
    answer = facebook.reconcile(payload, key=key, since=since + timedelta(hours=1))
    assert answer.state is Reconciled.ABSENT


FALSE_SUCCESSES = {
    "hold": {"fault": "hold", "seconds": 20},
    "reset": {"fault": "reset"},
    "half": {"fault": "half"},
    "json 500 without error": {"fault": "status", "status": 500, "body": {}},
    "json 500 with id": {"fault": "status", "status": 500, "body": {"id": "1_1"}},
    "json 404 with id": {"fault": "status", "status": 404, "body": {"id": "1_1"}},
    "true": {"fault": "status", "status": 200, "body": True},
    "a list": {"fault": "status", "status": 200, "body": []},
    "no id": {"fault": "status", "status": 200, "body": {}},
    "string error": {"fault": "status", "status": 400, "body": {"error": "no"}},
    "empty error": {"fault": "status", "status": 400, "body": {"error": {}}},
    "html 502": {"fault": "html", "status": 502},
    "html 200": {"fault": "html"},
    "broken json": {"fault": "status", "status": 200, "body": '{"id": '},
    "no content type": {"fault": "status", "status": 200, "headers": {"Content-Type": None}},
    "redirect": {"fault": "status", "status": 303, "headers": {"Location": "/v24.0/feed"}},
    "code 1": {"fault": "error", "code": 1},
    "code 2": {"fault": "error", "code": 2},
    "code -1": {"fault": "error", "code": -1},
    "code 506": {"fault": "error", "code": 506},
    "code 100 with 500": {"fault": "error", "code": 100, "status": 500},
}


@pytest.mark.parametrize("fault", FALSE_SUCCESSES.values(), ids=FALSE_SUCCESSES.keys())
@pytest.mark.parametrize("accepted", [True, False])
def test_what_is_not_understood_is_unknown_and_reading_back_settles_it(
    sandbox, facebook, notice, key, since, fault, accepted
):
    sandbox.fault(channel="facebook", operation="send", accepted=accepted, **fault)
    payload = facebook.render(notice)
    outcome = facebook.send(payload, key=key)
    assert (outcome.state, outcome.error_class) == (OutcomeState.UNKNOWN, "unknown")
    assert len(sandbox.report()["requests"]) == 1
    found = facebook.reconcile(payload, key=key, since=since)
    assert found.state is (Reconciled.FOUND if accepted else Reconciled.ABSENT)
    assert len(posts(sandbox)) == int(accepted)


@pytest.mark.parametrize(
    "usage", ['{"call_count": 1, "new_key": 2}', '{"1": [{"new": 1}]}', "[]", "{", "NaN"]
)
def test_usage_headers_that_the_sdk_does_not_know_lose_no_post(
    sandbox, facebook, notice, key, usage
):
    headers = dict.fromkeys(("X-App-Usage", "X-Business-Use-Case-Usage"), usage)
    sandbox.fault(channel="facebook", fault="status", status=200, accepted=True, headers=headers)
    outcome = facebook.send(facebook.render(notice), key=key)
    assert (outcome.state, outcome.remote_id) == (OutcomeState.SENT, posts(sandbox)[0]["id"])


@pytest.mark.parametrize(
    ("code", "subcode", "state", "error_class", "retry_after"),
    [
        *[(code, None, "unknown", "unknown", None) for code in (-1, 1, 2, 506)],
        *[(code, None, "held", "retry", 3600) for code in (4, 17, 32, 341, 613, 80001)],
        (368, None, "held", "quota", 86400),
        (368, 1390008, "held", "quota", 86400),
        (190, None, "held", "person", None),
        *[(190, sub, "held", "person", None) for sub in (458, 459, 460, 463, 464, 492)],
        (102, None, "held", "person", None),
        (3, None, "rejected", "person", None),
        (10, None, "rejected", "person", None),
        (200, None, "rejected", "person", None),
        (299, None, "rejected", "person", None),
        (100, 33, "rejected", "person", None),
        (803, None, "rejected", "person", None),
        (100, 1609005, "not_sent", "retry", 300),
        (1609005, None, "not_sent", "retry", 300),
        (100, None, "rejected", "content", None),
        (300, None, "rejected", "content", None),
        (324, None, "rejected", "content", None),
    ],
)
def test_graph_errors_are_told_apart_by_number(
    sandbox, facebook, notice, key, code, subcode, state, error_class, retry_after
):
    fault = {"code": code, "message": "code 190 is not what this says"}
    if subcode:
        fault["subcode"] = subcode
    sandbox.fault(channel="facebook", fault="error", **fault)
    outcome = facebook.send(facebook.render(notice), key=key)
    assert (outcome.state, outcome.error_class) == (state, error_class)
    assert outcome.retry_after_seconds == retry_after
    assert not posts(sandbox)


def test_the_time_to_regain_access_is_heeded(sandbox, facebook, notice, key):
    usage = '{"104": [{"type": "pages", "estimated_time_to_regain_access": 19}]}'
    headers = {"X-Business-Use-Case-Usage": usage}
    sandbox.fault(channel="facebook", fault="error", code=32, headers=headers)
    assert facebook.send(facebook.render(notice), key=key).retry_after_seconds == 19 * 60


def test_nobody_listening_proves_that_nothing_was_sent(closed_url, facebook_at, notice, key, since):
    facebook = facebook_at(closed_url)
    payload = facebook.render(notice)
    outcome = facebook.send(payload, key=key)
    assert (outcome.state, outcome.error_class) == (OutcomeState.NOT_SENT, "retry")
    assert facebook.reconcile(payload, key=key, since=since).state is Reconciled.UNDECIDABLE


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "hold", "seconds": 20},
        {"fault": "reset"},
        {"fault": "html"},
        {"fault": "error", "code": 190},
        {"fault": "status", "status": 500, "body": {"data": []}},
        {"fault": "status", "status": 200, "body": {"data": ["x"]}},
        {"fault": "status", "status": 200, "body": {}},
        {"fault": "status", "status": 200, "body": True},
        {"fault": "status", "status": 200, "body": {"data": [], "paging": {"next": "x"}}},
    ],
)
def test_a_list_that_may_not_be_whole_decides_nothing(sandbox, facebook, notice, key, since, fault):
    sandbox.fault(channel="facebook", operation="read", **fault)
    answer = facebook.reconcile(facebook.render(notice), key=key, since=since)
    assert answer.state is Reconciled.UNDECIDABLE


def test_what_cannot_be_looked_for_decides_nothing(facebook, notice, key, since):
    payload = facebook.render(notice)
    asked = [({}, since), ({**payload, "reference": ""}, since), (payload, datetime(2026, 1, 1))]
    for wrong, instant in [*asked, (payload, None)]:
        answer = facebook.reconcile(wrong, key=key, since=instant)
        assert answer.state is Reconciled.UNDECIDABLE


def test_a_payload_that_is_no_post_never_leaves(sandbox, facebook, key):
    for payload in ({}, {"message": 1, "link": "https://example.go.th"}):
        assert facebook.send(payload, key=key).state is OutcomeState.REJECTED
    assert not sandbox.report()["requests"]


def test_a_post_can_be_corrected_and_taken_down_twice(sandbox, facebook, notice, key):
    sent = facebook.send(facebook.render(notice), key=key)
    corrected = {"message": "แก้ไข / Corrected", "link": notice.url}
    assert facebook.edit(sent.remote_id, corrected).state is OutcomeState.SENT
    assert posts(sandbox)[0]["text"] == "แก้ไข / Corrected"
    for _ in range(2):
        assert facebook.delete(sent.remote_id).state is OutcomeState.SENT
    assert posts(sandbox)[0]["deleted"]
    assert facebook.edit(sent.remote_id, corrected).state is OutcomeState.REJECTED
    assert isinstance(facebook, EditingAdapter)


@pytest.mark.parametrize("operation", ["edit", "delete"])
@pytest.mark.parametrize(
    "fault", [{"fault": "reset"}, {"fault": "html"}, {"fault": "status", "status": 500}]
)
def test_changes_are_not_believed_without_success(sandbox, facebook, operation, fault):
    sandbox.fault(channel="facebook", operation=operation, **fault)
    arguments = ("1_1", {"message": "x"}) if operation == "edit" else ("1_1",)
    outcome = getattr(facebook, operation)(*arguments)
    assert outcome.state is OutcomeState.UNKNOWN
