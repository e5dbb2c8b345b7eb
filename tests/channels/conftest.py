"""A real sandbox over loopback and adapters with the real SDKs; nothing is mocked."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from otp_policy.channels.base import Notice
from otp_policy.channels.facebook import FacebookAdapter, FacebookConfig
from otp_policy.channels.line import LineAdapter, LineConfig
from otp_policy.channels.sandbox import Account, Sandbox

LINE_TOKEN = "planted-line-token-8f31"
LINE_SECRET = "planted-line-secret-2c7d"
PAGE_TOKEN = "planted-page-token-a90b"
APP_SECRET = "planted-app-secret-5e1c"
SECRETS = (LINE_TOKEN, LINE_SECRET, PAGE_TOKEN, APP_SECRET)
ACCOUNT = Account(
    line_token=LINE_TOKEN,
    line_channel_secret=LINE_SECRET,
    page_token=PAGE_TOKEN,
    app_id="4242",
    app_secret=APP_SECRET,
)
TIMEOUT = (0.5, 0.4)
BROADCAST = "/v2/bot/message/broadcast"
TEXT = {"messages": [{"type": "text", "text": "สวัสดี"}]}


@dataclass
class Answered:
    status: int
    body: Any
    headers: dict[str, str]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(account=ACCOUNT) as running:
        yield running


@pytest.fixture
def account() -> Account:
    return ACCOUNT


@pytest.fixture
def secrets() -> tuple[str, ...]:
    return SECRETS


@pytest.fixture
def closed_url() -> str:
    """An address on this machine where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.fixture
def line_at() -> Callable[..., LineAdapter]:
    """An adapter with other settings than the usual."""

    def build(url: str, **settings: str) -> LineAdapter:
        return LineAdapter(LineConfig(url, timeout=TIMEOUT, **settings))

    return build


@pytest.fixture
def facebook_at() -> Callable[[str], FacebookAdapter]:
    return lambda url: FacebookAdapter(facebook_config(url))


@pytest.fixture
def line(sandbox: Sandbox) -> LineAdapter:
    return LineAdapter(LineConfig(sandbox.url, access_token=LINE_TOKEN, timeout=TIMEOUT))


@pytest.fixture
def facebook(sandbox: Sandbox) -> FacebookAdapter:
    return FacebookAdapter(facebook_config(sandbox.url))


def facebook_config(url: str) -> FacebookConfig:
    return FacebookConfig(
        url,
        ACCOUNT.page_id,
        PAGE_TOKEN,
        app_id=ACCOUNT.app_id,
        app_secret=APP_SECRET,
        timeout=TIMEOUT,
    )


@pytest.fixture
def notice() -> Notice:
    return Notice(
        title="ประกาศผู้ชนะการเสนอราคา 🎉",
        text="จ้างปรับปรุงอาคาร โดยวิธีประกวดราคาอิเล็กทรอนิกส์\nวงเงิน 1,200,000 บาท",
        url="https://www.example.go.th/procurement/77/",
        reference="TPSO-77-3f2a9c",
    )


@pytest.fixture
def key() -> str:
    return str(uuid4())


@pytest.fixture
def http(sandbox: Sandbox) -> Callable[..., Answered]:
    """Ask the sandbox without any SDK."""

    def ask(method: str, path: str, body: object = None, **headers: str) -> Answered:
        data = body if isinstance(body, bytes) else None
        if body is not None and data is None:
            data = json.dumps(body).encode()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(
            sandbox.url + path, data=data, method=method, headers=names
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return _answered(answer)
        except urllib.error.HTTPError as answer:
            return _answered(answer)

    return ask


@pytest.fixture
def broadcast(http: Callable[..., Answered]) -> Callable[..., Answered]:
    """Send a broadcast without any SDK."""

    def send(
        body: object = TEXT, *, path: str = BROADCAST, token: str = LINE_TOKEN, **headers: str
    ) -> Answered:
        return http("POST", path, body, Authorization=f"Bearer {token}", **headers)

    return send


@pytest.fixture
def graph(sandbox: Sandbox) -> Callable[..., Any]:
    """Ask the Graph API without any SDK, with the proof that the app's secret makes."""

    def ask(
        method: str, path: str, *, token: str = PAGE_TOKEN, body: bytes = b"", kind: str = ""
    ) -> Any:
        proof = hmac.new(APP_SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()
        mark = "&" if "?" in path else "?"
        url = f"{sandbox.url}/v24.0/{path}{mark}access_token={token}&appsecret_proof={proof}"
        headers = {"Content-Type": kind} if kind else {}
        request = urllib.request.Request(url, data=body or None, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return json.load(error)

    return ask


def _answered(answer: Any) -> Answered:
    text = answer.read().decode()
    headers = {name.lower(): value for name, value in answer.headers.items()}
    is_json = "json" in headers.get("content-type", "")
    return Answered(answer.status, json.loads(text) if is_json else text, headers)
