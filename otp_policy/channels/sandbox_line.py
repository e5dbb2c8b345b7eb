"""The part of the sandbox that behaves like the LINE Messaging API."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs

from otp_policy.channels.sandbox_line_messages import complaints, told
from otp_policy.channels.sandbox_state import Answer, Request, State

__all__ = ["answer", "operation"]

REQUEST_BYTES = 2 * 1024 * 1024
KEY_ACCEPTED = "The retry key is already accepted"
MONTHLY_LIMIT = "You have reached your monthly limit."

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

_OPERATIONS = {
    ("POST", "/v2/bot/message/broadcast"): "send",
    ("POST", "/v2/bot/message/validate/broadcast"): "validate",
    ("GET", "/v2/bot/message/quota"): "quota",
    ("GET", "/v2/bot/message/quota/consumption"): "quota",
    ("GET", "/v2/bot/info"): "info",
    ("POST", "/oauth2/v3/token"): "token",
}


def operation(request: Request) -> str | None:
    """Return what the request asks for, "" for an unknown path of LINE's, None for no LINE path."""
    if not request.path.startswith(("/v2/bot/", "/oauth2/")):
        return None
    return _OPERATIONS.get((request.method, request.path), "")


def answer(request: Request, *, state: State) -> Answer:
    """Return LINE's answer, with a request id on it."""
    request_id = str(uuid.uuid4())
    asked = operation(request)
    if asked == "token":
        given = _token(request, state)
    elif not state.knows_token(_bearer(request)):
        given = _error(
            401,
            "Authentication failed. Confirm that the access token in the authorization header "
            "is valid.",
        )
    elif asked == "send":
        given = _broadcast(request, state, request_id)
    else:
        given = _OTHERS.get(asked or "", _not_found)(request, state)
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


def _broadcast(request: Request, state: State, request_id: str) -> Answer:
    """LINE looks at the retry key before the content: a used key is 409 whatever it carries."""
    key = request.headers.get("x-line-retry-key", "").lower()
    if key and not _UUID.fullmatch(key):
        return _error(400, "The retry key is invalid.")
    with state.lock:  # two requests with one key at once are one broadcast
        if key and (earlier := state.accepted_request(key)):
            headers = {"x-line-accepted-request-id": earlier}
            return Answer(status=409, body={"message": KEY_ACCEPTED}, headers=headers)
        payload, refusal = _payload(request)
        if refusal:
            return refusal
        if _used(state) + state.account.line_friends > (state.account.line_quota or float("inf")):
            return _error(429, MONTHLY_LIMIT)
        _record(payload, key=key, request_id=request_id, state=state)
    return Answer(status=200, body={}, accepted=True)


def _record(payload: dict[str, object], *, key: str, request_id: str, state: State) -> None:
    if key:
        state.keys[key] = (request_id, time.monotonic())
    title, text, url = told(payload["messages"])
    state.add_message(
        {
            "channel": "line",
            "operation": "broadcast",
            "title": title,
            "text": text,
            "url": url,
            "id": request_id,
            "retry_key": key,
            "payload": payload,
        }
    )


def _payload(request: Request) -> tuple[dict[str, object], Answer | None]:
    """Return the body, or the answer that refuses it."""
    if len(request.body) > REQUEST_BYTES:
        return {}, _error(413, "Request exceeds the max size of 2MB")
    try:
        data = json.loads(request.body)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        return {}, _error(400, "The request body could not be parsed as JSON.")
    details = complaints(data)
    if details:
        message = f"The request body has {len(details)} error(s)"
        return {}, _error(400, message, details)
    return data, None


def _used(state: State) -> int:
    sent = sum(message["channel"] == "line" for message in state.messages)
    return sent * state.account.line_friends


def _validate(request: Request, state: State) -> Answer:
    _, refusal = _payload(request)
    return refusal or Answer(status=200, body={})


def _quota(request: Request, state: State) -> Answer:
    if request.path.endswith("/consumption"):
        return Answer(status=200, body={"totalUsage": _used(state)})
    if state.account.line_quota is None:
        return Answer(status=200, body={"type": "none"})
    return Answer(status=200, body={"type": "limited", "value": state.account.line_quota})


def _info(request: Request, state: State) -> Answer:
    body: Mapping[str, object] = {
        "userId": "U00000000000000000000000000000000",
        "basicId": "@sandbox",
        "displayName": "Sandbox",
        "chatMode": "bot",
        "markAsReadMode": "auto",
    }
    return Answer(status=200, body=body)


def _token(request: Request, state: State) -> Answer:
    form = parse_qs(request.body.decode("utf-8", "replace"))
    given = tuple(form.get(name, [""])[0] for name in ("grant_type", "client_id", "client_secret"))
    account = state.account
    if given != ("client_credentials", account.line_channel_id, account.line_channel_secret):
        body = {"error": "invalid_client", "error_description": "invalid client_id or secret"}
        return Answer(status=400, body=body)
    body = {"token_type": "Bearer", "access_token": state.mint()}
    return Answer(status=200, body={**body, "expires_in": 899})


def _not_found(request: Request, state: State) -> Answer:
    return _error(404, "Not found")


_OTHERS: dict[str, Callable[[Request, State], Answer]] = {
    "validate": _validate,
    "quota": _quota,
    "info": _info,
}
