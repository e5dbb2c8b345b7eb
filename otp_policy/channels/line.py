"""
Broadcasts to the friends of a LINE Official Account, over `line-bot-sdk`.

LINE keeps a retry key for 24 hours from its first request, so one key is one broadcast however
often it is sent. Beyond that nothing about an earlier attempt can be read back, and a broadcast
can be neither edited nor deleted.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from linebot.v3.messaging import ApiException, BroadcastRequest
from pydantic.v1 import PrivateAttr

from otp_policy.channels import line_errors, line_message, line_preview, line_readings
from otp_policy.channels.base import (
    Capabilities,
    Check,
    ErrorClass,
    Health,
    Notice,
    Outcome,
    OutcomeState,
    Preview,
    Problem,
    Quota,
    Reconciled,
    Reconciliation,
    Statistics,
)
from otp_policy.channels.line_client import LineClient, LineConfig, TokenError

__all__ = ["LineAdapter", "LineConfig"]


class _FrozenRequest(BroadcastRequest):  # type: ignore[misc]  # the SDK ships no types
    """
    A request that goes out as it was frozen.

    INVARIANT: attempts with one key carry one content, although the SDK's models add their
    defaults and another release of the SDK may add others.
    """

    _payload: dict[str, object] = PrivateAttr(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        return self._payload

    @classmethod
    def of(cls, payload: Mapping[str, object]) -> _FrozenRequest:
        """Check *payload* against the SDK's models. Raises ValueError if it does not fit."""
        checked = BroadcastRequest.from_dict(dict(payload))
        request: _FrozenRequest = cls.parse_obj(checked.__dict__)
        request._payload = dict(payload)
        return request


class LineAdapter:
    """See `base.Adapter`."""

    name = "line"
    capabilities = Capabilities(
        edit=False,
        delete=False,
        idempotent=True,
        reconcile=False,
        sends_per_hour=line_message.BROADCASTS_PER_HOUR,
    )

    def __init__(self, config: LineConfig) -> None:
        self._client = LineClient(config)

    def render(self, notice: Notice) -> dict[str, object]:
        """Return the broadcast: one bubble, or plain texts when it would be over 30 KB."""
        return line_message.render(notice)

    def validate(self, payload: Mapping[str, object]) -> tuple[Problem, ...]:
        """Return every limit of LINE's that *payload* breaks."""
        return line_message.problems(payload)

    def preview(self, payload: Mapping[str, object]) -> Preview:
        """Return what a reader will see of *payload*; see `line_preview`."""
        return line_preview.preview(payload)

    def send(self, payload: Mapping[str, object], *, key: str) -> Outcome:
        """
        Broadcast *payload*. Sending again with the same *key* within 24 hours is safe.

        A token that LINE refuses is minted anew once; the key stays the same.
        """
        try:
            request = _FrozenRequest.of(payload)
            retry_key = str(uuid.UUID(str(key)))
        except Exception as error:
            return self._redacted(_refused(f"{type(error).__name__}: {error}"))
        return self._redacted(self._attempt(request, retry_key))

    def check(self, payload: Mapping[str, object]) -> Check:
        """Return LINE's own opinion of *payload*, which it is only shown."""
        return line_readings.check(self._client, payload)

    def quota(self) -> Quota:
        """Return the month's allowance, and what one broadcast costs."""
        return line_readings.quota(self._client)

    def health(self) -> Health:
        """Return whether LINE lets the channel in."""
        return line_readings.health(self._client)

    def statistics(self, remote_id: str) -> Statistics:
        """Return the readers of the broadcast that the request *remote_id* made."""
        return line_readings.statistics(self._client, remote_id)

    def reconcile(
        self, payload: Mapping[str, object], *, key: str, since: datetime
    ) -> Reconciliation:
        """LINE cannot be asked; the same key tells instead."""
        return Reconciliation(
            state=Reconciled.UNDECIDABLE,
            detail="send again with the same key: LINE answers whether it was accepted",
        )

    def _attempt(self, request: _FrozenRequest, key: str) -> Outcome:
        """Return the outcome of one request, or of two when the first had a token that ended."""
        client = self._client
        try:
            response = client.ask(
                lambda token: client.messaging(token).broadcast_with_http_info(
                    request, x_line_retry_key=key, _request_timeout=client.timeout
                )
            )
            return _read(response.status_code, response.headers, response.raw_data)
        except TokenError as error:
            return error.outcome
        except ApiException as error:
            if not error.status:  # TLS trouble reaches us as status 0
                return line_errors.from_exception(error)
            return _read(error.status, error.headers, error.body)
        except Exception as error:
            return line_errors.from_exception(error)

    def _redacted(self, outcome: Outcome) -> Outcome:
        return replace(outcome, detail=self._client.redact(outcome.detail))


def _read(status: int, headers: Any, body: object) -> Outcome:
    return line_errors.from_response(status, headers=headers or {}, body=body)


def _refused(detail: str) -> Outcome:
    return Outcome(state=OutcomeState.REJECTED, error_class=ErrorClass.CONTENT, detail=detail)
