"""How the sandbox's services are changed over HTTP while they run."""

from __future__ import annotations

import http.client
import json
import time
import urllib.parse
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from uuid import uuid4

import pytest

from otp_policy.channels.sandbox import Account, Sandbox
from otp_policy.channels.sandbox_settings import LineAccount, PageAccount

SETTINGS = "/_sandbox/settings"
LINE_ZONE = timezone(timedelta(hours=9))
MONTHLY = "You have reached your monthly limit."


@pytest.fixture
def settings(http):
    def change(**values):
        answer = http("POST", SETTINGS, values)
        assert answer.status == 200
        return answer.body

    return change


@pytest.fixture
def insight(http, account):
    def ask(path):
        return http("GET", path, Authorization=f"Bearer {account.line_token}")

    return ask


def test_settings_are_told_changed_and_reset(http, settings):
    usual = http("GET", SETTINGS).body
    assert (usual["line_rate_per_hour"], usual["line_quota"]) == (60, None)
    assert settings(line_quota=5)["line_quota"] == 5
    assert settings(latency_seconds=0.01)["line_quota"] == 5  # what is not named stays
    assert http("DELETE", SETTINGS).body == usual


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"line_quotas": 1}',
        b'{"line_quota": -1}',
        b'{"line_quota": true}',
        b'{"latency_seconds": 601}',
        b'{"latency_seconds": "1"}',
        b'{"line_statistics": "soon"}',
        b'{"page_scopes": "a"}',
        b'{"refuse_duplicates": 1}',
        b'{"pages": [{"id": "1"}]}',
        b'{"pages": {}}',
        b'{"pages": [{"id": 1, "token": "a"}]}',
        b'{"line_accounts": [{"channel_id": "1"}]}',
        b'{"line_accounts": [1]}',
        b'{"line_quota": 5, "line_friends": "x"}',
    ],
)
def test_wrong_settings_change_nothing_and_are_told_what_is_accepted(http, body):
    before = http("GET", SETTINGS).body
    answer = http("POST", SETTINGS, body)
    assert answer.status == 400
    assert answer.body["error"]
    assert "line_quota" in answer.body["accepted"]
    assert http("GET", SETTINGS).body == before
    assert http("POST", SETTINGS, answer.body["example"]).status == 200


def test_line_broadcasts_sixty_times_an_hour(broadcast, sandbox):
    statuses = [broadcast().status for _ in range(61)]
    assert statuses == [200] * 60 + [429]
    refused = broadcast()
    assert "rate limit" in refused.body["message"]
    assert len(sandbox.report()["messages"]) == 60


def test_the_rate_is_a_setting_and_a_used_key_is_known_beyond_it(broadcast, settings):
    settings(line_rate_per_hour=1)
    key = str(uuid4())
    assert broadcast(X_Line_Retry_Key=key).status == 200
    assert broadcast().status == 429
    assert broadcast(X_Line_Retry_Key=key).status == 409
    settings(line_rate_per_hour=None)
    assert broadcast().status == 200


def test_a_refused_broadcast_uses_up_neither_rate_nor_quota(broadcast, settings, insight):
    settings(line_rate_per_hour=1, line_quota=1)
    assert broadcast({"messages": []}).status == 400
    assert broadcast().status == 200
    assert insight("/v2/bot/message/quota/consumption").body == {"totalUsage": 1}


def test_the_quota_counts_friends(broadcast, settings, insight):
    settings(line_quota=100, line_friends=40)
    assert [broadcast().status for _ in range(3)] == [200, 200, 429]
    assert broadcast().body == {"message": MONTHLY}
    assert insight("/v2/bot/message/quota").body == {"type": "limited", "value": 100}
    assert insight("/v2/bot/message/quota/consumption").body == {"totalUsage": 80}


def test_every_answer_takes_its_time(broadcast, settings):
    settings(latency_seconds=0.2)
    began = time.monotonic()
    assert broadcast().status == 200
    assert time.monotonic() - began >= 0.2


def test_an_expired_line_token_is_replaced_by_a_new_one(broadcast, settings, http, account):
    form = urllib.parse.urlencode(
        {
            "grant_type": "client_credentials",
            "client_id": account.line_channel_id,
            "client_secret": account.line_channel_secret,
        }
    ).encode()

    def mint():
        return http("POST", "/oauth2/v3/token", form).body["access_token"]

    old = mint()
    assert broadcast(token=old).status == 200
    settings(line_token_expired=True)
    assert [broadcast().status, broadcast(token=old).status] == [401, 401]
    assert broadcast(token=mint()).status == 200
    settings(line_token_seconds=0)
    assert broadcast(token=mint()).status == 401


def test_an_expired_page_token_is_code_190(graph, settings, account):
    settings(page_token_expired=True)
    error = graph("POST", f"{account.page_id}/feed", body=b"message=a")["error"]
    assert (error["code"], error["error_subcode"]) == (190, 463)


def test_a_new_post_is_listed_only_after_the_lag(graph, settings, account):
    settings(read_lag_seconds=0.5)
    posted = graph("POST", f"{account.page_id}/feed", body=b"message=a")
    listed = f"{account.page_id}/published_posts"
    assert graph("GET", listed)["data"] == []
    assert graph("GET", posted["id"])["id"] == posted["id"]
    time.sleep(0.6)
    assert [post["id"] for post in graph("GET", listed)["data"]] == [posted["id"]]


def test_the_text_of_the_last_post_again_is_code_506_where_it_is_set(graph, settings, account):
    feed = f"{account.page_id}/feed"
    assert all("id" in graph("POST", feed, body=b"message=a") for _ in range(2))
    settings(refuse_duplicates=True)
    assert graph("POST", feed, body=b"message=a")["error"]["code"] == 506
    assert "id" in graph("POST", feed, body=b"message=b")
    assert "id" in graph("POST", feed, body=b"message=a")  # no longer the last


def test_debug_token_tells_the_settings(graph, settings, account):
    settings(page_token_expires_at=1_800_000_000, page_scopes=["pages_read_engagement"])
    data = graph("GET", f"debug_token?input_token={account.page_token}")["data"]
    assert data["is_valid"]
    assert data["expires_at"] == 1_800_000_000
    assert data["scopes"] == ["pages_read_engagement"]
    other = graph("GET", "debug_token?input_token=other")["data"]
    assert (other["is_valid"], other["error"]["code"]) == (False, 190)


def test_a_photo_has_an_id_of_its_own(graph, account, sandbox, http):
    body = urllib.parse.urlencode(
        {"url": "https://www.example.go.th/a.jpg", "caption": "ภาพ https://a.go.th/1"}
    ).encode()
    answer = graph("POST", f"{account.page_id}/photos", body=body)
    assert answer["id"] != answer["post_id"]
    (message,) = sandbox.report()["messages"]
    assert (message["operation"], message["url"]) == ("photo", "https://a.go.th/1")
    assert message["image_url"] == "https://www.example.go.th/a.jpg"
    shown = http("GET", "/").body
    assert "https://www.example.go.th/a.jpg" in shown
    assert "<img" not in shown
    assert graph("GET", f"{answer['id']}?fields=page_story_id")["page_story_id"] == message["id"]
    (listed,) = graph("GET", f"{account.page_id}/published_posts?fields=message")["data"]
    assert (listed["id"], listed["message"]) == (answer["post_id"], message["text"])
    assert graph("POST", answer["id"], body=b"message=b")["error"]["code"] == 100
    assert graph("POST", answer["post_id"], body=b"message=b") == {"success": True}
    assert graph("DELETE", answer["id"]) == {"success": True}
    assert graph("GET", answer["post_id"])["error"]["error_subcode"] == 33


def test_a_photo_may_come_as_a_file(graph, account, sandbox):
    lines = [
        b"--edge",
        b'Content-Disposition: form-data; name="caption"',
        b"",
        "ภาพ".encode(),
        b"--edge",
        b'Content-Disposition: form-data; name="source"; filename="a.png"',
        b"Content-Type: image/png",
        b"",
        b"\x89PNG\xff\x00",
        b"--edge--",
        b"",
    ]
    kind = "multipart/form-data; boundary=edge"
    answer = graph("POST", f"{account.page_id}/photos", body=b"\r\n".join(lines), kind=kind)
    assert answer["post_id"]
    (message,) = sandbox.report()["messages"]
    assert message["text"] == "ภาพ"
    assert message["payload"]["source"] == "(6 bytes)"
    assert graph("POST", f"{account.page_id}/photos", body=b"caption=a")["error"]["code"] == 100


@pytest.mark.parametrize(
    "body",
    [
        {"message": 1},
        {"message": "ก" * 63_207},
        {"message": "a", "link": "ftp://a"},
        {"message": "a", "published": "maybe"},
        {"message": "a", "published": "false"},
        {"message": "a", "scheduled_publish_time": 1_800_000_000},
    ],
)
def test_a_post_of_another_shape_is_code_100(graph, account, sandbox, body):
    raw = json.dumps(body).encode()
    answer = graph("POST", f"{account.page_id}/feed", body=raw, kind="application/json")
    assert answer["error"]["code"] == 100
    assert not sandbox.report()["messages"]


def test_json_without_end_is_refused_and_survived(graph, account, http):
    raw, kind = b"[" * 100_000, "application/json"
    answer = graph("POST", f"{account.page_id}/feed", body=raw, kind=kind)
    assert answer["error"]["code"] == 100
    assert http("POST", SETTINGS, raw).status == 400
    assert http("POST", "/_sandbox/faults", raw).status == 400


def test_readers_are_counted_and_few_are_not_told(broadcast, settings, insight):
    settings(line_friends=300, line_unique_impressions=120, line_unique_clicks=19)
    message = {"type": "text", "text": "ข่าว https://a.go.th/1"}
    request_id = broadcast({"messages": [message]}).headers["x-line-request-id"]
    told = insight(f"/v2/bot/insight/message/event?requestId={request_id}").body
    assert told["overview"]["delivered"] == 300
    assert (told["overview"]["uniqueImpression"], told["overview"]["uniqueClick"]) == (120, None)
    assert (told["clicks"][0]["url"], told["clicks"][0]["click"]) == ("https://a.go.th/1", None)
    settings(line_unique_clicks=20)
    told = insight(f"/v2/bot/insight/message/event?requestId={request_id}").body
    assert told["overview"]["uniqueClick"] == 20
    assert insight("/v2/bot/insight/message/event").status == 400


def test_days_are_japans_and_today_is_unready(broadcast, settings, insight):
    settings(line_friends=300)
    broadcast()
    today = datetime.now(LINE_ZONE)
    yesterday = f"{today - timedelta(days=1):%Y%m%d}"
    followers = "/v2/bot/insight/followers?date="
    assert insight(f"{followers}{today:%Y%m%d}").body == {"status": "unready"}
    assert insight(followers + yesterday).body["followers"] == 300
    assert insight("/v2/bot/message/delivery/broadcast?date=" + yesterday).body == {
        "status": "ready",
        "success": 0,
    }
    assert insight(followers + "24112026").status == 400
    settings(line_statistics="out_of_service")
    assert insight(followers + yesterday).body == {"status": "out_of_service"}


def test_twenty_accounts_of_each_kind_are_kept_apart(http, broadcast, graph, settings, sandbox):
    told = settings(
        line_quota=1,
        line_accounts=[{"channel_id": f"90{n}", "token": f"line-{n}"} for n in range(20)],
        pages=[{"id": f"70{n}", "token": f"page-{n}"} for n in range(20)],
    )
    assert len(told["line_accounts"]) == len(told["pages"]) == 21
    assert "line-1" not in json.dumps(told)
    assert "page-1" not in json.dumps(told)
    key = str(uuid4())
    assert {broadcast(token=f"line-{n}", X_Line_Retry_Key=key).status for n in range(20)} == {200}
    assert broadcast(token="line-3", X_Line_Retry_Key=key).status == 409
    assert broadcast(token="line-3").status == 429
    for n in range(20):
        assert graph("POST", f"70{n}/feed", token=f"page-{n}", body=b"message=a")["id"]
        listed = graph("GET", f"70{n}/published_posts", token=f"page-{n}")["data"]
        assert len(listed) == 1
    assert graph("POST", "703/feed", token="page-4", body=b"message=a")["error"]["code"] == 200
    accounts = [item["account"] for item in sandbox.report()["messages"]]
    assert sorted(accounts) == sorted(f"{kind}{n}" for kind in ("90", "70") for n in range(20))
    assert http("DELETE", SETTINGS).body["pages"] == [sandbox.state.account.page_id]


def test_a_fault_may_be_meant_for_one_account(broadcast, graph, settings, http, account):
    settings(
        line_accounts=[{"channel_id": "901", "token": "line-1"}],
        pages=[{"id": "701", "token": "page-1"}],
    )
    fault = {"channel": "line", "fault": "status", "status": 500, "account": "901"}
    assert http("POST", "/_sandbox/faults", fault).status == 200
    http("POST", "/_sandbox/faults", {**fault, "channel": "facebook", "account": "701"})
    assert broadcast().status == 200
    assert broadcast(token="line-1").status == 500
    assert "id" in graph("POST", f"{account.page_id}/feed", body=b"message=a")
    assert graph("POST", "701/feed", token="page-1", body=b"message=a") == {}


def test_accounts_can_be_given_in_python():
    more = LineAccount(name="901", token="line-1")
    account = Account(more_line=(more,), more_pages=(PageAccount(page_id="701", token="page-1"),))
    with Sandbox(account=account) as sandbox:
        assert list(sandbox.state.pages) == [account.page_id, "701"]
        assert sandbox.state.line_account("line-1") == "901"
    assert "line-1" not in repr(account)
    assert "page-1" not in repr(account)


@pytest.mark.parametrize("accepted", [True, False])
def test_half_an_answer_breaks_off_in_the_middle(sandbox, account, accepted):
    sandbox.fault(channel="line", fault="half", accepted=accepted)
    client = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=5)
    body = json.dumps({"messages": [{"type": "text", "text": "a"}]})
    headers = {"Authorization": f"Bearer {account.line_token}"}
    client.request("POST", "/v2/bot/message/broadcast", body, headers)
    answer = client.getresponse()
    with pytest.raises(http.client.IncompleteRead):
        answer.read()
    client.close()
    assert answer.status == (200 if accepted else 503)
    assert len(sandbox.report()["messages"]) == int(accepted)


def test_a_page_that_was_asked_too_often_is_told_when_there_is_room(sandbox, facebook, notice):
    sandbox.configure(page_calls_per_hour=3)
    payload = facebook.render(notice)
    sent = [facebook.send(payload, key="k") for _ in range(4)]
    assert [one.state for one in sent] == ["sent", "sent", "sent", "held"]
    assert sent[3].error_class == "retry"
    assert "code 32" in sent[3].detail
    # The last that there is room for tells it too.
    assert [one.retry_after_seconds for one in sent] == [None, None, 3600, 3600]
    assert len(sandbox.report()["messages"]) == 3
    sandbox.state.page_calls[facebook._config.page_id][0] -= 3000
    assert facebook.send(payload, key="k").retry_after_seconds == 600


def test_readings_count_and_each_page_has_calls_of_its_own(sandbox, graph, account):
    other = account.page_token + "-701"
    sandbox.configure(page_calls_per_hour=1, pages=[{"id": "701", "token": other}])
    assert "data" in graph("GET", f"{account.page_id}/published_posts")
    refused = graph("GET", f"{account.page_id}/published_posts")
    assert refused["error"]["code"] == 32
    assert "data" in graph("GET", "701/published_posts", token=other)
    sandbox.configure(page_calls_per_hour=None)
    assert "data" in graph("GET", f"{account.page_id}/published_posts")


def test_a_wrong_token_and_a_refusal_use_up_no_call(sandbox, graph, account):
    sandbox.configure(page_calls_per_hour=1)
    graph("GET", f"{account.page_id}/published_posts", token="wrong")
    assert "data" in graph("GET", f"{account.page_id}/published_posts")
    for _ in range(2):
        graph("GET", f"{account.page_id}/published_posts")
    assert len(sandbox.state.page_calls[account.page_id]) == 1


def test_the_limit_of_a_page_is_a_setting_of_the_account(account, notice, facebook_at):
    with Sandbox(account=replace(account, page_calls_per_hour=0)) as server:
        facebook = facebook_at(server.url)
        outcome = facebook.send(facebook.render(notice), key="k")
        assert (outcome.state, outcome.retry_after_seconds) == ("held", 3600)
        assert not server.report()["messages"]
