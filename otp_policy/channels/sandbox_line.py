"""The part of the sandbox that behaves like the LINE Messaging API."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs

from otp_policy.channels import sandbox_insight
from otp_policy.channels.sandbox_line_messages import complaints, told
from otp_policy.channels.sandbox_line_schemas import BROADCAST, PUSH, VALIDATE
from otp_policy.channels.sandbox_schema import Schema
from otp_policy.channels.sandbox_settings import LineAccount
from otp_policy.channels.sandbox_state import Answer, Request, State

__all__ = ["account", "answer", "operation"]

REQUEST_BYTES = 2 * 1024 * 1024
KEY_ACCEPTED = "The retry key is already accepted"
MONTHLY_LIMIT = "You have reached your monthly limit."
RATE_LIMIT = "The API rate limit has been exceeded. Try again later."
REFUSED = (
    "Authentication failed. Confirm that the access token in the authorization header is valid."
)

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

_PUSH = "/v2/bot/message/push"
_OPERATIONS = {
    ("POST", "/v2/bot/message/broadcast"): "send",
    ("POST", _PUSH): "send",
    ("GET", "/v2/bot/message/quota"): "quota",
    ("GET", "/v2/bot/message/quota/consumption"): "quota",
    ("GET", "/v2/bot/info"): "info",
    ("POST", "/oauth2/v3/token"): "token",
    ("POST", "/v2/oauth/verify"): "verify",
} | {
    ("POST", f"/v2/bot/message/validate/{kind}"): "validate"
    for kind in ("broadcast", "push", "multicast", "narrowcast", "reply")
}


def operation(request: Request) -> str | None:
    """Return what the request asks for, "" for an unknown path of LINE's, None for no LINE path."""
    if not request.path.startswith(("/v2/bot/", "/v2/oauth/", "/oauth2/")):
        return None
    if request.method == "GET" and sandbox_insight.knows(request.path):
        return "insight"
    return _OPERATIONS.get((request.method, request.path), "")


def account(request: Request, *, state: State) -> str:
    """Return the name of the account that speaks, or "" for nobody whom LINE knows."""
    if operation(request) == "verify":
        return state.line_account(_form(request).get("access_token", ""))
    if operation(request) == "token":
        asking = _asking(request, state)
        return asking.name if asking else ""
    return state.line_account(_bearer(request))


def answer(request: Request, *, state: State) -> Answer:
    """Return LINE's answer, with a request id on it."""
    request_id = str(uuid.uuid4())
    asked, name = operation(request), account(request, state=state)
    if asked == "token":
        given = _token(name, state)
    elif asked == "verify":
        given = _verify(name, state)
    elif not name:
        given = _error(401, REFUSED)
    elif asked == "send":
        given = _send(request, state, name=name, request_id=request_id)
    elif asked == "insight":
        with state.lock:
            given = sandbox_insight.answer(request, state=state, account=name)
    else:
        given = _OTHERS.get(asked or "", _not_found)(request, state, name)
    headers = {"x-line-request-id": request_id, **given.headers}
    return Answer(status=given.status, body=given.body, headers=headers, accepted=given.accepted)


def _error(status: int, message: str, details: list[dict[str, str]] | None = None) -> Answer:
    body: dict[str, object] = {"message": message}
    if details:
        body["details"] = details
    return Answer(status=status, body=body)


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _send(request: Request, state: State, *, name: str, request_id: str) -> Answer:
    """LINE looks at the retry key before the content: a used key is 409 whatever it carries."""
    key = request.headers.get("x-line-retry-key", "").lower()
    if key and not _UUID.fullmatch(key):
        return _error(400, "The retry key is invalid.")
    is_push = request.path == _PUSH
    with state.lock:  # two requests with one key at once are one broadcast
        if key and (earlier := state.accepted_request(name, key)):
            headers = {"x-line-accepted-request-id": earlier}
            return Answer(status=409, body={"message": KEY_ACCEPTED}, headers=headers)
        payload, refusal = _payload(request, schema=PUSH if is_push else BROADCAST)
        if refusal := refusal or _exhausted(state, name=name, is_push=is_push):
            return refusal
        if key:
            state.keys[name, key] = (request_id, time.monotonic())
        _record(payload, request, state=state, name=name, request_id=request_id)
    sent = {"sentMessages": [{"id": str(uuid.uuid4().int)[:18]}]} if is_push else {}
    return Answer(status=200, body=sent, accepted=True)


def _exhausted(state: State, *, name: str, is_push: bool) -> Answer | None:
    """Return the refusal when the hour's rate or the month's quota is used up."""
    settings = state.settings
    rate, quota = settings.line_rate_per_hour, settings.line_quota
    if not is_push and rate is not None and state.broadcasts_this_hour(name) >= rate:
        return _error(429, RATE_LIMIT)
    cost = 1 if is_push else settings.line_friends
    if quota is not None and state.used[name] + cost > quota:
        return _error(429, MONTHLY_LIMIT)
    return None


def _record(
    payload: dict[str, object], request: Request, *, state: State, name: str, request_id: str
) -> None:
    is_push = request.path == _PUSH
    state.used[name] += 1 if is_push else state.settings.line_friends
    if not is_push:
        state.broadcasts[name].append(time.monotonic())
    title, text, url = told(payload["messages"])
    state.add_message(
        {
            "channel": "line",
            "account": name,
            "operation": "push" if is_push else "broadcast",
            "title": title,
            "text": text,
            "url": url,
            "id": request_id,
            "retry_key": request.headers.get("x-line-retry-key", "").lower(),
            "payload": payload,
        }
    )


def _payload(request: Request, *, schema: Schema) -> tuple[dict[str, object], Answer | None]:
    """Return the body, or the answer that refuses it."""
    if len(request.body) > REQUEST_BYTES:
        return {}, _error(413, "Request exceeds the max size of 2MB")
    try:
        data = json.loads(request.body)
        details = complaints(data, schema=schema) if isinstance(data, dict) else []
    except (ValueError, RecursionError):
        data, details = None, []
    if not isinstance(data, dict):
        return {}, _error(400, "The request body could not be parsed as JSON.")
    if details:
        message = f"The request body has {len(details)} error(s)"
        return {}, _error(400, message, details)
    return data, None


def _validate(request: Request, state: State, name: str) -> Answer:
    _, refusal = _payload(request, schema=VALIDATE)
    return refusal or Answer(status=200, body={})


def _quota(request: Request, state: State, name: str) -> Answer:
    if request.path.endswith("/consumption"):
        return Answer(status=200, body={"totalUsage": state.used.get(name, 0)})
    if state.settings.line_quota is None:
        return Answer(status=200, body={"type": "none"})
    return Answer(status=200, body={"type": "limited", "value": state.settings.line_quota})


def _info(request: Request, state: State, name: str) -> Answer:
    body: Mapping[str, object] = {
        "userId": "U00000000000000000000000000000000",
        "basicId": "@sandbox",
        "displayName": "Sandbox",
        "chatMode": "bot",
        "markAsReadMode": "auto",
    }
    return Answer(status=200, body=body)


def _asking(request: Request, state: State) -> LineAccount | None:
    """Return the account whose id and secret the request for a token carries."""
    form = _form(request)
    given = tuple(form.get(name, "") for name in ("grant_type", "client_id", "client_secret"))
    with state.lock:
        for line in state.lines.values():
            right = ("client_credentials", line.channel_id, line.channel_secret)
            if line.channel_secret and given == right:
                return line
    return None


def _form(request: Request) -> dict[str, str]:
    form = parse_qs(request.body.decode("utf-8", "replace"))
    return {name: values[0] for name, values in form.items()}


def _verify(name: str, state: State) -> Answer:
    """Tell for how long the token of an account still holds."""
    if not name:
        told = {"error": "invalid_request", "error_description": "access token expired"}
        return Answer(status=400, body=told)
    left = state.settings.line_token_ends_in_seconds
    return Answer(status=200, body={"client_id": name, "expires_in": left, "scope": "P"})


def _token(name: str, state: State) -> Answer:
    if not name:
        body = {"error": "invalid_client", "error_description": "invalid client_id or secret"}
        return Answer(status=400, body=body)
    answered: dict[str, object] = {"token_type": "Bearer", "access_token": state.mint(name)}
    return Answer(
        status=200, body={**answered, "expires_in": max(state.settings.line_token_seconds - 1, 0)}
    )


def _not_found(request: Request, state: State, name: str) -> Answer:
    return _error(404, "Not found")


_OTHERS: dict[str, Callable[[Request, State, str], Answer]] = {
    "validate": _validate,
    "quota": _quota,
    "info": _info,
}
