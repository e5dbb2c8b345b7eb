"""
What the Graph API's answers, and the lack of one, prove about a Page post.

Sources: Meta's "Handling errors" and "Rate limits", and experiments with the SDK over loopback.
Codes are compared as numbers; the sentences around them change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from otp_policy.channels.base import ErrorClass, Outcome, OutcomeState
from otp_policy.channels.last_look import TooLateError
from otp_policy.channels.line_errors import proves_nothing_was_sent

__all__ = ["from_error", "from_exception", "is_missing_object", "unknown"]

HALF_DONE = frozenset({-1, 1, 2})  # "try again later": may have gone out all the same
DUPLICATE = 506  # the same text as the last post: probably our own earlier attempt
TOO_FAST = 1390008
LIMITED = frozenset({4, 17, 32, 341, 613, 80001})
PAUSED = 368  # the Page is blocked for a while
TOKEN = frozenset({102, 190})
PERMISSION = frozenset({3, 10, *range(200, 300)})
UNSCRAPABLE_LINK = 1609005  # Facebook could not read the linked page
MISSING_OBJECT = frozenset({(100, 33), (803, None)})

LIMIT_PAUSE_SECONDS = 3600
PAGE_PAUSE_SECONDS = 24 * 3600
LINK_PAUSE_SECONDS = 300
LINK_ATTEMPTS = 3


def unknown(detail: str) -> Outcome:
    """Return the outcome of an attempt that may or may not have gone out."""
    return Outcome(state=OutcomeState.UNKNOWN, error_class=ErrorClass.UNKNOWN, detail=detail)


def from_exception(error: Exception) -> Outcome:
    """Return what an exception that carries no Graph error proves."""
    told = f"{type(error).__name__}: {error}"
    if isinstance(error, TooLateError) or proves_nothing_was_sent(error):
        return Outcome(state=OutcomeState.NOT_SENT, error_class=ErrorClass.RETRY, detail=told)
    return unknown(told)


def from_error(
    error: Mapping[str, object], *, status: int, regain_after_seconds: int | None
) -> Outcome:
    """
    Return what a Graph error proves.

    Args:
        error: The `error` object of the answer.
        status: HTTP status, 0 when it is not known.
        regain_after_seconds: What the usage headers say about regaining access.
    """
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    told = f"HTTP {status} code {code} subcode {subcode}: {error.get('message', '')}"
    if code is None or code in HALF_DONE or code == DUPLICATE or status >= 500:
        return unknown(told)
    if UNSCRAPABLE_LINK in {code, subcode}:
        later = _outcome(OutcomeState.NOT_SENT, ErrorClass.RETRY, told, LINK_PAUSE_SECONDS)
        return replace(later, at_most=LINK_ATTEMPTS)
    if code == PAUSED or TOO_FAST in {code, subcode}:
        return _outcome(OutcomeState.HELD, ErrorClass.QUOTA, told, PAGE_PAUSE_SECONDS)
    if code in LIMITED:
        pause = regain_after_seconds or LIMIT_PAUSE_SECONDS
        return _outcome(OutcomeState.HELD, ErrorClass.RETRY, told, pause)
    if code in TOKEN:
        return _outcome(OutcomeState.HELD, ErrorClass.PERSON, told)
    if error.get("is_transient") is True:
        return unknown(told)
    if code in PERMISSION or is_missing_object(error):
        return _outcome(OutcomeState.REJECTED, ErrorClass.PERSON, told)
    return _outcome(OutcomeState.REJECTED, ErrorClass.CONTENT, told)


def is_missing_object(error: Mapping[str, object]) -> bool:
    """Whether the post that the request names is not there."""
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    return (code, subcode) in MISSING_OBJECT


def _outcome(
    state: OutcomeState, error_class: ErrorClass, detail: str, pause: int | None = None
) -> Outcome:
    return Outcome(state=state, error_class=error_class, detail=detail, retry_after_seconds=pause)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
