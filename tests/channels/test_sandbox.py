"""The sandbox itself, asked without any SDK."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from uuid import uuid4

import pytest

from otp_policy.channels.sandbox import Account, Sandbox

BROADCAST = "/v2/bot/message/broadcast"
TEXT = {"messages": [{"type": "text", "text": "สวัสดี"}]}


def until(condition, seconds=5.0):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    assert condition()


def test_line_answers_carry_a_request_id(broadcast, http):
    assert broadcast().headers["x-line-request-id"]
    assert broadcast(token="wrong").status == 401
    assert http("POST", BROADCAST, TEXT).headers["x-line-request-id"]


def test_a_used_key_is_409_whatever_it_carries(broadcast, sandbox):
    key = str(uuid4())
    first = broadcast(X_Line_Retry_Key=key)
    for body in (TEXT, {"messages": [{"type": "text", "text": "other"}]}, {"messages": []}):
        again = broadcast(body, X_Line_Retry_Key=key)
        assert again.status == 409
        assert again.body == {"message": "The retry key is already accepted"}
        accepted = again.headers["x-line-accepted-request-id"]
        assert accepted == first.headers["x-line-request-id"]
    assert len(sandbox.report()["messages"]) == 1


def test_a_refused_request_does_not_use_up_its_key(broadcast):
    key = str(uuid4())
    assert broadcast({"messages": []}, X_Line_Retry_Key=key).status == 400
    assert broadcast(X_Line_Retry_Key=key).status == 200
    assert broadcast(X_Line_Retry_Key="no-uuid").status == 400


def test_one_key_from_many_at_once_is_one_broadcast(broadcast, sandbox):
    key, statuses = str(uuid4()), []

    def send():
        statuses.append(broadcast(X_Line_Retry_Key=key).status)

    threads = [threading.Thread(target=send) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [409] * 11
    assert len(sandbox.report()["messages"]) == 1


@pytest.mark.parametrize(
    ("message", "where"),
    [
        ({"type": "nonsense"}, "messages[0].type"),
        ({"type": "text"}, "messages[0].text"),
        ({"type": "text", "text": "ก" * 5001}, "messages[0].text"),
        ({"type": "flex", "contents": {"type": "bubble"}}, "messages[0].altText"),
        ({"type": "flex", "altText": "a", "contents": {"type": "x"}}, "messages[0].contents.type"),
        (
            {"type": "flex", "altText": "a", "contents": {"type": "bubble", "body": {}}},
            "messages[0].contents.body.type",
        ),
    ],
)
def test_line_says_which_property_is_wrong(broadcast, message, where):
    for path in (BROADCAST, "/v2/bot/message/validate/broadcast"):
        answer = broadcast({"messages": [message]}, path=path)
        assert answer.status == 400
        assert answer.body["details"][0]["property"] == where


def test_line_quota_and_bot(http, account):
    headers = {"Authorization": f"Bearer {account.line_token}"}
    assert http("GET", "/v2/bot/message/quota", **headers).body == {"type": "none"}
    consumption = http("GET", "/v2/bot/message/quota/consumption", **headers)
    assert consumption.body == {"totalUsage": 0}
    assert http("GET", "/v2/bot/info", **headers).body["chatMode"] == "bot"
    assert http("GET", "/v2/bot/nothing", **headers).status == 404


def test_graph_checks_token_and_proof(http, account):
    path = f"/v24.0/{account.page_id}/feed?access_token="
    assert http("POST", path + "wrong", {"message": "a"}).body["error"]["code"] == 190
    assert http("POST", path + account.page_token, {"message": "a"}).body["error"]["code"] == 100


@pytest.fixture
def page():
    account = Account()
    with Sandbox() as running:

        def ask(method, path, body=b"", version="/v24.0"):
            mark = "&" if "?" in path else "?"
            url = f"{running.url}{version}/{path}{mark}access_token={account.page_token}"
            request = urllib.request.Request(url, data=body or None, method=method)
            try:
                with urllib.request.urlopen(request) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                return json.load(error)

        ask.page_id, ask.token = account.page_id, account.page_token
        yield ask


def test_graph_posts_read_edit_delete(page):
    ids = [
        page("POST", f"{page.page_id}/feed", f"message=m{number}".encode(), version)["id"]
        for number, version in enumerate(["/v24.0", "", "/v19.0"])
    ]
    assert len(set(ids)) == 3
    listed = page("GET", f"{page.page_id}/published_posts?fields=id,message&limit=2")
    assert [post["message"] for post in listed["data"]] == ["m2", "m1"]
    assert "access_token" not in listed["paging"]["next"]
    after = listed["paging"]["cursors"]["after"]
    rest = page("GET", f"{page.page_id}/published_posts?fields=id&limit=2&after={after}")
    assert (rest["data"], "next" in rest["paging"]) == ([{"id": ids[0]}], False)
    assert page("POST", ids[0], b"message=new") == {"success": True}
    assert page("GET", f"{ids[0]}?fields=message")["message"] == "new"
    assert page("DELETE", ids[0]) == {"success": True}
    assert page("GET", ids[0])["error"]["error_subcode"] == 33
    assert page("GET", f"debug_token?input_token={page.token}")["data"]["is_valid"]
    assert page("POST", f"{page.page_id}/videos")["error"]["code"] == 2500
    assert page("POST", "999/feed", b"message=a")["error"]["code"] == 100


@pytest.mark.parametrize(
    "fault",
    [
        b"{",
        b"",
        b"[]",
        b"channel=line&fault=hold",
        b"{}",
        b'{"channel": "x", "fault": "hold"}',
        b'{"channel": "line", "fault": "x"}',
        b'{"channel": "line", "fault": "hold", "seconds": "x"}',
        b'{"channel": "line", "fault": "hold", "seconds": 601}',
        b'{"channel": "line", "fault": "hold", "times": 0}',
        b'{"channel": "line", "fault": "hold", "accepted": 1}',
        b'{"channel": "line", "fault": "status"}',
        b'{"channel": "line", "fault": "error", "code": 1}',
        b'{"channel": "line", "operation": "edit", "fault": "hold"}',
        b'{"channel": "facebook", "fault": "error"}',
        b'{"channel": "facebook", "fault": "hold", "second": 1}',
        b'{"channel": "facebook", "fault": "html", "headers": {"a": 1}}',
    ],
)
def test_a_wrong_fault_is_told_what_is_accepted(http, fault):
    answer = http("POST", "/_sandbox/faults", fault)
    assert answer.status == 400
    assert answer.body["error"]
    assert "hold" in answer.body["accepted"]["fault"]
    assert http("GET", "/_sandbox/faults").body == {"faults": []}
    assert http("POST", "/_sandbox/faults", answer.body["example"]).status == 200


def test_a_fault_may_be_meant_for_either_channel_and_be_written_in_capitals(http, broadcast):
    fault = {"channel": "Any", "operation": "SEND", "fault": "Status", "status": 500}
    assert http("POST", "/_sandbox/faults/", fault).status == 200
    assert broadcast().status == 500
    assert broadcast().status == 200


def test_faults_can_be_deleted_and_addresses_are_told(http, broadcast):
    http("POST", "/_sandbox/faults", {"channel": "line", "fault": "reset"})
    assert http("DELETE", "/_sandbox/faults").body == {"faults": []}
    assert broadcast().status == 200
    unknown = http("GET", "/_sandbox/")
    assert unknown.status == 404
    assert "POST /_sandbox/faults" in unknown.body["see"]


def test_nobody_else_on_the_network_reaches_it(sandbox):
    assert sandbox._server.socket.getsockname()[0] == "127.0.0.1"
    outside = socket.create_server(("127.0.0.2", 0))
    outside.close()  # this machine does have a second address
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", sandbox.port), timeout=2)


def test_faults_wear_off_in_order_and_can_be_cleared(http, broadcast):
    for status in (500, 429):
        body = {"channel": "line", "operation": "send", "fault": "status", "status": status}
        listed = http("POST", "/_sandbox/faults", {**body, "times": 2 if status == 500 else None})
    assert [fault["times"] for fault in listed.body["faults"]] == [2, None]
    assert [broadcast().status for _ in range(4)] == [500, 500, 429, 429]
    assert http("POST", "/_sandbox/faults", {"clear": True}).body == {"faults": []}
    assert broadcast().status == 200


@pytest.mark.parametrize("accepted", [True, False])
def test_a_held_request_goes_on_when_faults_are_cleared(http, broadcast, sandbox, accepted):
    sandbox.fault(channel="line", fault="hold", seconds=60, accepted=accepted)
    answers = []
    thread = threading.Thread(target=lambda: answers.append(broadcast().status))
    thread.start()
    until(lambda: sandbox.report()["held"] == 1)
    assert len(sandbox.report()["messages"]) == int(accepted)
    assert sandbox.report()["requests"][0]["status"] is None
    http("POST", "/_sandbox/faults", {"clear": True})
    thread.join(5)
    assert answers == [200 if accepted else 503]
    assert sandbox.report()["held"] == 0


def test_a_delay_only_delays(broadcast, sandbox):
    sandbox.fault(channel="line", fault="delay", seconds=0.2)
    began = time.monotonic()
    assert broadcast().status == 200
    assert time.monotonic() - began >= 0.2


def test_a_held_request_does_not_keep_the_sandbox_from_stopping():
    running = Sandbox().start()
    running.fault(channel="line", fault="hold", seconds=600)
    client = socket.create_connection(("127.0.0.1", running.port))
    client.sendall(f"POST {BROADCAST} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode())
    until(lambda: running.report()["held"] == 1)
    began = time.monotonic()
    running.stop()
    assert time.monotonic() - began < 2
    client.close()


def test_a_client_that_goes_away_is_let_go_quietly(sandbox, caplog, capfd):
    sandbox.fault(channel="line", fault="hold", seconds=600, times=None)
    for part in (b"", b"POST / HT", b"POST /v2/bot/info HTTP/1.1\r\nContent-Length: 9\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", sandbox.port)) as client:
            client.sendall(part)
    with socket.create_connection(("127.0.0.1", sandbox.port)) as client:
        head = f"POST {BROADCAST} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
        client.sendall(head.encode())
        until(lambda: sandbox.report()["held"] == 1)
    until(lambda: sandbox.report()["held"] == 0)
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_messages_are_readable_and_can_be_emptied(http, broadcast):
    broadcast()
    answer = http("GET", "/_sandbox/messages")
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.body["messages"][0]["text"] == "สวัสดี"
    assert answer.body["requests"][0]["path"] == BROADCAST
    assert http("DELETE", "/_sandbox/messages").body == {"messages": [], "requests": [], "held": 0}


def test_thai_is_sent_as_it_is(sandbox, broadcast):
    broadcast()
    with urllib.request.urlopen(sandbox.url + "/_sandbox/messages") as answer:
        assert "สวัสดี" in answer.read().decode()


def test_the_page_shows_what_was_received_and_escapes_it(http, broadcast, sandbox):
    broadcast({"messages": [{"type": "text", "text": "<script>alert(1)</script>\nสวัสดี"}]})
    html = http("GET", "/").body
    assert '<html lang="th">' in html
    assert 'lang="en"' in html
    assert "สวัสดี" in html
    assert "<script>alert" not in html
    assert "//" not in html.replace("http://", "").split("<body>")[0]  # nothing from outside


def test_a_permanent_link_leads_a_browser_to_the_post(sandbox, facebook, notice, key):
    outcome = facebook.send(facebook.render(notice), key=key)
    request = urllib.request.Request(outcome.permalink, headers={"Accept": "text/html"})
    with urllib.request.urlopen(request) as page:
        assert page.url == f"{sandbox.url}/#{outcome.remote_id}"
        assert f'id="{outcome.remote_id}"' in page.read().decode()


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_the_command_stops_cleanly_and_says_no_token(name):
    command = [sys.executable, "-m", "otp_policy.channels.sandbox", "--port", "0"]
    environ = {**os.environ, "LINE_CHANNEL_ACCESS_TOKEN": "planted", "PYTHONPATH": os.getcwd()}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environ
    ) as process:
        first = process.stdout.readline()
        url = first.split()[-1]
        request = urllib.request.Request(
            url + "v2/bot/info", headers={"Authorization": "Bearer planted"}
        )
        assert urllib.request.urlopen(request).status == 200
        process.send_signal(name)
        rest, _ = process.communicate(timeout=5)
    assert process.returncode == 0
    assert (first.startswith("Sandbox: http://127.0.0.1:"), rest) == (True, "")


def test_a_taken_port_is_said_to_be_so(sandbox):
    command = [sys.executable, "-m", "otp_policy.channels.sandbox", "--port", str(sandbox.port)]
    environ = {**os.environ, "PYTHONPATH": os.getcwd()}
    done = subprocess.run(command, capture_output=True, text=True, env=environ, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


# --- clients of any make


def raw(sandbox, *lines, body=b""):
    """Return what the sandbox answers to these very bytes, until it hangs up or falls silent."""
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=2) as client:
        client.sendall("\r\n".join(["", *lines, "", ""][1:]).encode() + body)
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(65_536), b""))


CHUNKED = (
    "POST /v2/bot/message/broadcast HTTP/1.1",
    "Host: x",
    "Authorization: Bearer planted-line-token-8f31",
    "Transfer-Encoding: chunked",
)


def chunks(text, *, size):
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    return b"".join(b"%x;x=1\r\n%s\r\n" % (len(one), one) for one in pieces)


def test_a_body_that_comes_in_pieces_is_taken(sandbox):
    text = json.dumps({"messages": [{"type": "text", "text": "ทีละส่วน"}]}).encode()
    answer = raw(sandbox, *CHUNKED, body=chunks(text, size=7) + b"0\r\nX-Last: 1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    [message] = sandbox.report()["messages"]
    assert message["text"] == "ทีละส่วน"


@pytest.mark.parametrize("size", [b"", b"-5", b"0x10", b"ffffffffff", b"1000001", b"zz"])
def test_pieces_of_no_length_or_too_long_are_refused(sandbox, size):
    assert raw(sandbox, *CHUNKED, body=size + b"\r\n{}").startswith(b"HTTP/1.1 413 ")
    assert not sandbox.report()["messages"]


def test_an_answer_without_a_body_has_none(sandbox):
    sandbox.fault(channel="line", fault="status", status=204)
    answer = raw(sandbox, "POST /v2/bot/message/broadcast HTTP/1.1", "Host: x", "Content-Length: 0")
    assert answer.startswith(b"HTTP/1.1 204 ")
    head, _, rest = answer.partition(b"\r\n\r\n")
    assert b"content-length" not in head.lower()
    assert rest == b""


@pytest.mark.parametrize("path", ["/", "/_sandbox/messages"])
def test_whoever_waits_for_it_may_ask_for_the_head_alone(sandbox, path):
    answer = raw(sandbox, f"HEAD {path} HTTP/1.1", "Host: x")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("headers", [{"x": "a\rb: c"}, {"x\n": "a"}, {"b ad": "a"}, {"": "a"}])
def test_a_fault_cannot_write_other_headers(http, headers):
    fault = {"channel": "line", "fault": "status", "status": 500, "headers": headers}
    answer = http("POST", "/_sandbox/faults", fault)
    assert answer.status == 400
    assert "headers" in answer.body["error"]


def test_posts_are_listed_by_every_name_that_they_have(graph, account):
    posted = graph("POST", f"{account.page_id}/feed?message=a")
    for edge in ("published_posts", "posts", "feed"):
        for page in (account.page_id, "me"):
            assert [one["id"] for one in graph("GET", f"{page}/{edge}")["data"]] == [posted["id"]]
    assert graph("GET", "me")["id"] == account.page_id


def test_an_address_of_lines_that_it_does_not_know_is_answered_as_by_line(http):
    answer = http("POST", "/v2/oauth/accessToken", b"grant_type=client_credentials")
    assert "error" not in answer.body
    assert answer.headers["x-line-request-id"]
