"""
What LINE's answers, and the lack of one, prove about a broadcast.

Sources: LINE Messaging API reference ("Error responses", "Retry failed API requests") and
experiments with the SDK over loopback.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from otp_policy.channels.base import ErrorClass, Outcome, OutcomeState
from otp_policy.channels.connecting import arose_while_connecting

__all__ = ["from_exception", "from_response", "proves_nothing_was_sent", "unknown"]

# A channel may broadcast 60 times an hour.
RATE_LIMIT_PAUSE_SECONDS = 60

_NEVER_CONNECTED = frozenset({"NewConnectionError", "NameResolutionError", "ConnectTimeoutError"})


def unknown(detail: str, *, request_id: str = "") -> Outcome:
    """Return the outcome of an attempt that may or may not have gone out."""
    return Outcome(
        state=OutcomeState.UNKNOWN,
        error_class=ErrorClass.UNKNOWN,
        request_id=request_id,
        detail=detail,
    )


def proves_nothing_was_sent(error: BaseException) -> bool:
    """
    Whether *error* shows that no connection came about: refused, no such host, no TLS, too slow.

    Both SDKs let urllib3's exceptions through, bare or as the `reason` of a MaxRetryError, which
    by itself proves nothing. They are told apart by class name, so that this needs no SDK; TLS
    trouble by where it arose, since the same class comes out of a connection that stood.
    """
    if arose_while_connecting(error):
        return True
    reason = getattr(error, "reason", None)
    seen = [error, *(item for item in (reason, *error.args) if isinstance(item, BaseException))]
    seen += [inner for item in seen if (inner := getattr(item, "reason", None)) is not None]
    return any(type(item).__name__ in _NEVER_CONNECTED for item in seen)


def from_exception(error: Exception) -> Outcome:
    """Return what an exception without an HTTP status proves."""
    told = f"{type(error).__name__}: {error}"
    if proves_nothing_was_sent(error):
        return Outcome(state=OutcomeState.NOT_SENT, error_class=ErrorClass.RETRY, detail=told)
    return unknown(told)


def from_response(status: int, *, headers: Mapping[str, str], body: object) -> Outcome:
    """
    Return what LINE's answer proves.

    Args:
        status: HTTP status.
        headers: Response headers, found without regard to case.
        body: The body as text; LINE's own answers are JSON with a `message`.
    """
    request_id = headers.get("x-line-request-id") or ""
    accepted_id = headers.get("x-line-accepted-request-id") or ""
    if status == 200 and request_id:
        return _sent(request_id, "accepted")
    if status == 409 and accepted_id:
        return _sent(accepted_id, "accepted by an earlier attempt with this key")
    told = _told(body)
    if not told or status not in {400, 401, 403, 413, 429}:
        return unknown(f"HTTP {status} {told}".strip(), request_id=request_id)
    if status == 429:
        return _limited(told, headers=headers, request_id=request_id)
    state, error_class = {
        401: (OutcomeState.HELD, ErrorClass.PERSON),
        403: (OutcomeState.REJECTED, ErrorClass.PERSON),
    }.get(status, (OutcomeState.REJECTED, ErrorClass.CONTENT))
    detail = f"HTTP {status} {told}"
    return Outcome(state=state, error_class=error_class, request_id=request_id, detail=detail)


def _sent(request_id: str, detail: str) -> Outcome:
    # A broadcast has no message id; the accepted request is what LINE's statistics ask for.
    return Outcome(
        state=OutcomeState.SENT, remote_id=request_id, request_id=request_id, detail=detail
    )


def _limited(told: str, *, headers: Mapping[str, str], request_id: str) -> Outcome:
    """LINE has no numeric code for its two limits; only the sentence tells them apart."""
    detail = f"HTTP 429 {told}"
    if "monthly limit" in told.lower():
        return Outcome(
            state=OutcomeState.HELD,
            error_class=ErrorClass.QUOTA,
            request_id=request_id,
            detail=detail,
        )
    if "rate limit" not in told.lower():
        return unknown(detail, request_id=request_id)
    pause = headers.get("retry-after") or ""
    return Outcome(
        state=OutcomeState.HELD,
        error_class=ErrorClass.RETRY,
        request_id=request_id,
        detail=detail,
        retry_after_seconds=int(pause) if pause.isdecimal() else RATE_LIMIT_PAUSE_SECONDS,
    )


def _told(body: object) -> str:
    """Return LINE's message with the properties it complains about, or nothing if not LINE's."""
    try:
        data = json.loads(body) if isinstance(body, str | bytes) else None
    except ValueError:
        return ""
    if not isinstance(data, dict) or not isinstance(data.get("message"), str):
        return ""
    details = data.get("details")
    parts = [data["message"]]
    for item in details if isinstance(details, list) else []:
        if isinstance(item, dict):
            parts.append(f"{item.get('property', '')}: {item.get('message', '')}")
    return "; ".join(parts)
