"""
What LINE tells when it is asked: its opinion of a message, the allowance, and the readers.

Nothing here sends anything, and nothing raises: what could not be learnt is unknown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from linebot.v3.messaging import ValidateMessageRequest
from pydantic.v1 import PrivateAttr

from otp_policy.channels.line_client import LineClient, TokenError
from otp_policy.channels.readings import (
    Check,
    CheckState,
    Health,
    HealthState,
    LinkClicks,
    Problem,
    Quota,
    Statistics,
    StatisticsState,
)

__all__ = ["check", "health", "quota", "statistics"]

LINE_ZONE = timezone(timedelta(hours=9))  # LINE counts friends by Japan's days
DAYS_LOOKED_BACK = 3  # a day's count comes on the next day, sometimes later


class _FrozenCheck(ValidateMessageRequest):  # type: ignore[misc]  # the SDK ships no types
    """The messages as they will go out, not as the SDK's models would make them."""

    _messages: dict[str, object] = PrivateAttr(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        return self._messages


def check(client: LineClient, payload: Mapping[str, object]) -> Check:
    """Return what LINE says of *payload*, which it is only shown."""
    try:
        shown = {"messages": payload["messages"]}
        request = _FrozenCheck.parse_obj(ValidateMessageRequest.from_dict(shown).__dict__)
        request._messages = shown
    except Exception as error:
        problem = Problem(code="shape", where="messages", limit=0, actual=0)
        detail = client.redact(type(error).__name__)
        return Check(state=CheckState.REFUSED, problems=(problem,), detail=detail)
    try:
        response = client.ask(
            lambda token: client.messaging(token).validate_broadcast_with_http_info(
                request, _request_timeout=client.timeout
            )
        )
        _require_request_id(response)
    except Exception as error:
        return _unpassed(client, error)
    return Check(state=CheckState.PASSED)


def _unpassed(client: LineClient, error: Exception) -> Check:
    if getattr(error, "status", None) not in {400, 413}:
        return Check(state=CheckState.UNKNOWN, detail=_told(client, error))
    complaints = tuple(
        Problem(
            code="refused",
            where=str(item.get("property", "")),
            limit=0,
            actual=0,
            detail=client.redact(str(item.get("message", ""))),
        )
        for item in _details(getattr(error, "body", ""))
    )
    if not complaints:  # not LINE's own words: a proxy may have said it
        return Check(state=CheckState.UNKNOWN, detail=_told(client, error))
    return Check(state=CheckState.REFUSED, problems=complaints)


def _details(body: object) -> list[dict[str, object]]:
    """Return what LINE complains about; its message alone when it names no property."""
    try:
        data = json.loads(body) if isinstance(body, str | bytes) else None
    except ValueError:
        return []
    if not isinstance(data, dict) or not isinstance(data.get("message"), str):
        return []
    details = data.get("details")
    listed = details if isinstance(details, list) else []
    named: list[dict[str, object]] = [item for item in listed if isinstance(item, dict)]
    return named or [{"message": data["message"]}]


def quota(client: LineClient) -> Quota:
    """Return the month's allowance; one broadcast costs a message for each friend."""
    try:
        allowed = _data(client, "get_message_quota_with_http_info")
        used = _data(client, "get_message_quota_consumption_with_http_info")
        limit = None if allowed.type == "none" else int(allowed.value)
        spent = int(used.total_usage)
    except Exception as error:
        return Quota(is_known=False, detail=_told(client, error))
    try:
        cost, detail = _friends(client), ""
    except Exception as error:
        cost, detail = None, f"friends not counted: {_told(client, error)}"
    return Quota(is_known=True, limit=limit, used=spent, cost=cost, detail=client.redact(detail))


def _friends(client: LineClient) -> int | None:
    """Return how many friends have not blocked the account, on the last day that is counted."""
    today = datetime.now(LINE_ZONE).date()
    for days in range(1, DAYS_LOOKED_BACK + 1):
        answer = _followers(client, on=today - timedelta(days=days))
        if answer.status == "ready" and answer.followers is not None:
            return max(int(answer.followers) - int(answer.blocks or 0), 0)
    return None


def _followers(client: LineClient, *, on: date) -> Any:
    response = client.ask(
        lambda token: client.insight(token).get_number_of_followers_with_http_info(
            f"{on:%Y%m%d}", _request_timeout=client.timeout
        )
    )
    _require_request_id(response)
    return response.data


def statistics(client: LineClient, request_id: str) -> Statistics:
    """Return how many friends had the broadcast that *request_id* names before them."""
    try:
        response = client.ask(
            lambda token: client.insight(token).get_message_event_with_http_info(
                request_id, _request_timeout=client.timeout
            )
        )
        _require_request_id(response)
        return _statistics(response.data)
    except Exception as error:
        missing = getattr(error, "status", None) == 404
        state = StatisticsState.UNAVAILABLE if missing else StatisticsState.UNKNOWN
        return Statistics(state=state, detail=_told(client, error))


def _statistics(answer: Any) -> Statistics:
    overview = answer.overview
    if overview is None or overview.timestamp is None:
        return Statistics(state=StatisticsState.UNREADY)
    return Statistics(
        state=StatisticsState.READY,
        delivered=overview.delivered,
        unique_impressions=overview.unique_impression,
        unique_clicks=overview.unique_click,
        links=tuple(
            LinkClicks(url=item.url or "", clicks=item.click, unique_clicks=item.unique_click)
            for item in answer.clicks or ()
        ),
        sent_at=datetime.fromtimestamp(overview.timestamp, UTC),
    )


def health(client: LineClient) -> Health:
    """Return whether LINE lets the channel in, and until when, where it tells."""
    try:
        _data(client, "get_bot_info_with_http_info")
    except TokenError as error:
        refused = error.outcome.error_class == "person"
        return _unwell(refused=refused, detail=_told(client, error))
    except Exception as error:
        refused = getattr(error, "status", None) in {401, 403}
        return _unwell(refused=refused, detail=_told(client, error))
    well = Health(state=HealthState.HEALTHY, is_valid=True)
    try:
        left = client.seconds_left()
    except Exception as error:
        # Who gets no answer to when the token ends can send all the same.
        return replace(well, detail=_told(client, error))
    ends_at = None if left is None else datetime.now(UTC) + timedelta(seconds=left)
    return replace(well, expires_at=ends_at)


def _unwell(*, refused: bool, detail: str) -> Health:
    state = HealthState.UNHEALTHY if refused else HealthState.UNKNOWN
    return Health(state=state, is_valid=False if refused else None, detail=detail)


def _data(client: LineClient, name: str) -> Any:
    """Return the data of the Messaging API's answer to the call *name*."""
    response = client.ask(
        lambda token: getattr(client.messaging(token), name)(_request_timeout=client.timeout)
    )
    _require_request_id(response)
    return response.data


def _require_request_id(response: Any) -> None:
    """Raise ValueError for an answer that is not LINE's, whatever its status says."""
    if response.status_code != 200 or not response.headers.get("x-line-request-id"):
        raise ValueError("an answer without a request id of LINE's")


def _told(client: LineClient, error: Exception) -> str:
    status = getattr(error, "status", None) or ""
    return client.redact(f"{type(error).__name__} {status} {error}".replace("\n", " "))
