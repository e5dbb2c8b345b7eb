"""
Broadcasts to the friends of a LINE Official Account, over `line-bot-sdk`.

LINE keeps a retry key for 24 hours from its first request, so one key is one broadcast however
often it is sent. Beyond that nothing about an earlier attempt can be read back, and a broadcast
can be neither edited nor deleted.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from linebot.v3 import oauth
from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    BroadcastRequest,
    Configuration,
    MessagingApi,
)
from pydantic.v1 import PrivateAttr

from otp_policy.channels import line_errors, line_message
from otp_policy.channels.base import (
    Capabilities,
    ErrorClass,
    Notice,
    Outcome,
    OutcomeState,
    Problem,
    Reconciled,
    Reconciliation,
)
from otp_policy.channels.redaction import guard_loggers, redact

__all__ = ["LineAdapter", "LineConfig"]

TOKEN_LIFE_SECONDS = 600  # a stateless token lives 15 minutes

guard_loggers("linebot.v3.oauth.rest", "linebot.v3.messaging.rest", "urllib3.connectionpool")


@dataclass(frozen=True, slots=True)
class LineConfig:
    """
    Where and as whom to speak. `timeout` is (connect, read) in seconds.

    With `access_token` that token is used; otherwise stateless tokens are minted from the
    channel's id and secret, and nobody has to renew anything.
    """

    host: str
    channel_id: str = ""
    channel_secret: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    timeout: tuple[float, float] = (5.0, 20.0)


class _TokenError(Exception):
    """No token could be had, so nothing was sent. Carries the outcome to report."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.detail)
        self.outcome = outcome


class _Tokens:
    """The static token, or minted ones kept for ten minutes. Safe between threads."""

    def __init__(self, config: LineConfig) -> None:
        self._config = config
        self._lock = threading.Lock()
        self._token = ""
        self._minted_at = 0.0  # monotonic seconds

    @property
    def can_mint(self) -> bool:
        return not self._config.access_token

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self._config.access_token, self._config.channel_secret, self._token)

    def get(self) -> str:
        """Return a token. Raises _TokenError if none can be had."""
        if not self.can_mint:
            return self._config.access_token
        with self._lock:
            if not self._token or time.monotonic() - self._minted_at > TOKEN_LIFE_SECONDS:
                self._token, self._minted_at = self._mint(), time.monotonic()
            return self._token

    def forget(self, token: str) -> None:
        """Drop *token*, unless another thread has already replaced it."""
        with self._lock:
            if self._token == token:
                self._token = ""

    def _mint(self) -> str:
        config = self._config
        if not (config.channel_id and config.channel_secret):
            held = Outcome(
                state=OutcomeState.HELD,
                error_class=ErrorClass.PERSON,
                detail="no access token and no channel id and secret",
            )
            raise _TokenError(held)
        client = oauth.ApiClient(_hardened(oauth.Configuration(host=config.host.rstrip("/"))))
        try:
            answer = oauth.ChannelAccessToken(
                client
            ).issue_stateless_channel_token_by_client_secret(
                config.channel_id, config.channel_secret, _request_timeout=config.timeout
            )
            return str(answer.access_token)
        except Exception as error:
            raise _TokenError(_mint_outcome(error)) from None


def _mint_outcome(error: Exception) -> Outcome:
    status = getattr(error, "status", None)
    refused = status in {400, 401, 403}
    return Outcome(
        state=OutcomeState.HELD if refused else OutcomeState.NOT_SENT,
        error_class=ErrorClass.PERSON if refused else ErrorClass.RETRY,
        detail=f"no token: {type(error).__name__} {status or ''}".strip(),
    )


def _hardened(configuration: Any) -> Any:
    """Return *configuration* so that one call is one request: no retry, no redirect."""
    configuration.retries = False
    return configuration


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
    capabilities = Capabilities(edit=False, delete=False, idempotent=True, reconcile=False)

    def __init__(self, config: LineConfig) -> None:
        self._config = config
        self._tokens = _Tokens(config)

    def render(self, notice: Notice) -> dict[str, object]:
        """Return the broadcast: one bubble, or plain texts when it would be over 30 KB."""
        return line_message.render(notice)

    def validate(self, payload: Mapping[str, object]) -> tuple[Problem, ...]:
        """Return every limit of LINE's that *payload* breaks."""
        return line_message.problems(payload)

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
        outcome, status, token = self._attempt(request, retry_key)
        if status == 401 and self._tokens.can_mint:
            self._tokens.forget(token)
            outcome, _, _ = self._attempt(request, retry_key)
        return self._redacted(outcome)

    def reconcile(
        self, payload: Mapping[str, object], *, key: str, since: datetime
    ) -> Reconciliation:
        """LINE cannot be asked; the same key tells instead."""
        return Reconciliation(
            state=Reconciled.UNDECIDABLE,
            detail="send again with the same key: LINE answers whether it was accepted",
        )

    def _attempt(self, request: _FrozenRequest, key: str) -> tuple[Outcome, int | None, str]:
        """Return the outcome of one request, its HTTP status if there was one, and the token."""
        token = ""
        try:
            token = self._tokens.get()
            response = self._api(token).broadcast_with_http_info(
                request, x_line_retry_key=key, _request_timeout=self._config.timeout
            )
            return (_read(response.status_code, response.headers, response.raw_data), 200, token)
        except _TokenError as error:
            return error.outcome, None, token
        except ApiException as error:
            if not error.status:  # TLS trouble reaches us as status 0
                return line_errors.unknown(f"ApiException: {error.reason}"), None, token
            return _read(error.status, error.headers, error.body), error.status, token
        except Exception as error:
            return line_errors.from_exception(error), None, token

    def _api(self, token: str) -> Any:
        configuration = Configuration(host=self._config.host.rstrip("/"), access_token=token)
        return MessagingApi(ApiClient(_hardened(configuration)))

    def _redacted(self, outcome: Outcome) -> Outcome:
        return replace(outcome, detail=redact(outcome.detail, *self._tokens.secrets))


def _read(status: int, headers: Any, body: object) -> Outcome:
    return line_errors.from_response(status, headers=headers or {}, body=body)


def _refused(detail: str) -> Outcome:
    return Outcome(state=OutcomeState.REJECTED, error_class=ErrorClass.CONTENT, detail=detail)
