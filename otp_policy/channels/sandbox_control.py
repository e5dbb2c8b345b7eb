"""The sandbox's own addresses: what was received, faults and settings."""

from __future__ import annotations

import json
from dataclasses import replace

from otp_policy.channels import sandbox_faults, sandbox_settings
from otp_policy.channels.sandbox_page import page
from otp_policy.channels.sandbox_state import Answer, Request, State

__all__ = ["HTML", "answer"]

HTML = "text/html; charset=utf-8"
OWN = [
    "GET /",
    "GET /_sandbox/messages",
    "DELETE /_sandbox/messages",
    "GET /_sandbox/faults",
    "POST /_sandbox/faults",
    "DELETE /_sandbox/faults",
    "GET /_sandbox/settings",
    "POST /_sandbox/settings",
    "DELETE /_sandbox/settings",
]


def answer(request: Request, *, state: State) -> Answer:
    """Return the answer to a request that is about the sandbox itself."""
    path = request.path.rstrip("/")
    if request.method == "HEAD":  # whoever waits for the sandbox to answer
        request = replace(request, method="GET")
    if path == "/_sandbox/settings":
        return _settings(request, state)
    match request.method, path:
        case "GET", "":
            messages, held = state.received()
            html = page(messages, held=held)
            return Answer(status=200, body=html, headers={"Content-Type": HTML})
        case "GET", "/_sandbox/messages":
            return Answer(status=200, body=state.report())
        case "DELETE", "/_sandbox/messages":
            state.clear()
            return Answer(status=200, body=state.report())
        case "GET", "/_sandbox/faults":
            return _faults(state)
        case "POST", "/_sandbox/faults":
            return _add_fault(request.body, state)
        case "DELETE", "/_sandbox/faults":
            state.clear_faults()
            return _faults(state)
    return Answer(status=404, body={"error": "not found", "see": OWN})


def _faults(state: State) -> Answer:
    with state.lock:
        return Answer(status=200, body={"faults": [fault.as_json() for fault in state.faults]})


def _add_fault(body: bytes, state: State) -> Answer:
    try:
        data = _object(body)
        if data.get("clear") is True:
            state.clear_faults()
        else:
            fault = sandbox_faults.parse(data)
            with state.lock:
                state.faults.append(fault)
    except ValueError as error:
        told = {"accepted": sandbox_faults.ACCEPTED, "example": sandbox_faults.EXAMPLE}
        return Answer(status=400, body={"error": str(error), **told})
    return _faults(state)


def _settings(request: Request, state: State) -> Answer:
    """Return the settings, after changing or resetting them where the request asks for it."""
    if request.method == "DELETE":
        state.reset_settings()
    elif request.method == "POST":
        try:
            data = _object(request.body)
            with state.lock:
                settings = sandbox_settings.parse(data, settings=state.settings)
                lines = sandbox_settings.line_accounts(data)
                state.change(settings, lines=lines, pages=sandbox_settings.pages(data))
        except ValueError as error:
            told = {"accepted": sandbox_settings.ACCEPTED, "example": sandbox_settings.EXAMPLE}
            return Answer(status=400, body={"error": str(error), **told})
    elif request.method != "GET":
        return Answer(status=404, body={"error": "not found", "see": OWN})
    with state.lock:
        known: dict[str, object] = {"line_accounts": list(state.lines), "pages": list(state.pages)}
        return Answer(status=200, body=state.settings.as_json() | known)


def _object(body: bytes) -> dict[str, object]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise ValueError("the body must be a JSON object")
    return data
