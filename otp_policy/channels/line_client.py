"""Requests to LINE with a token that nobody has to renew: one call is one request."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from linebot.v3 import insight, messaging, oauth

from otp_policy.channels.base import ErrorClass, Outcome, OutcomeState
from otp_policy.channels.connecting import POOLS
from otp_policy.channels.redaction import guard_loggers, redact

__all__ = ["LineClient", "LineConfig", "TokenError"]

TOKEN_LIFE_SECONDS = 600  # a stateless token lives 15 minutes
TOKENS_MASKED = 8
# LINE's own example of a long-lived token tells of a hundred years (channel-access-token.yml).
NO_END_SECONDS = 10 * 365 * 24 * 3600
TOKEN_MARGIN_SECONDS = 60  # a token that is about to end is not sent any more

guard_loggers(
    "linebot.v3.oauth.rest",
    "linebot.v3.messaging.rest",
    "linebot.v3.insight.rest",
    "urllib3.connectionpool",
)


@dataclass(frozen=True, slots=True)
class LineConfig:
    """
    Where and as whom to speak. `timeout` is (connect, read) in seconds.

    With `access_token` that token is used, until LINE refuses it. Without one, or after that,
    stateless tokens are minted from the channel's id and secret, and nobody has to renew anything.
    """

    host: str
    channel_id: str = ""
    channel_secret: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    timeout: tuple[float, float] = (5.0, 20.0)


class TokenError(Exception):
    """No token could be had, so nothing was sent. Carries the outcome to report."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.detail)
        self.outcome = outcome


class _Tokens:
    """
    The static token until it is refused, or minted ones kept for ten minutes.

    Safe between threads.
    """

    def __init__(self, config: LineConfig) -> None:
        self._config = config
        self._lock = threading.Lock()
        self._static = config.access_token
        self._token = ""
        self._good_until = 0.0  # monotonic seconds
        # An answer to one call may repeat a token that another call has replaced meanwhile.
        self._minted: deque[str] = deque(maxlen=TOKENS_MASKED)

    @property
    def can_mint(self) -> bool:
        return bool(self._config.channel_id and self._config.channel_secret)

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self._config.access_token, self._config.channel_secret, *self._minted)

    def get(self) -> str:
        """Return a token. Raises TokenError if none can be had."""
        with self._lock:
            if self._static:
                return self._static
            if not self._token or time.monotonic() >= self._good_until:
                self._token, life = self._mint()
                self._minted.append(self._token)
                self._good_until = time.monotonic() + life
            return self._token

    @property
    def static(self) -> str:
        """The static token, while LINE takes it."""
        with self._lock:
            return self._static

    def forget(self, token: str) -> None:
        """Drop *token*, unless another thread has already replaced it."""
        with self._lock:
            if self._static == token:
                self._static = ""
            if self._token == token:
                self._token = ""

    def _mint(self) -> tuple[str, float]:
        """Return a new token, and for how many seconds to use it."""
        config = self._config
        if not self.can_mint:
            detail = "no access token and no channel id and secret"
            held = Outcome(state=OutcomeState.HELD, error_class=ErrorClass.PERSON, detail=detail)
            raise TokenError(held)
        try:
            answer = _oauth(config).issue_stateless_channel_token_by_client_secret(
                config.channel_id, config.channel_secret, _request_timeout=config.timeout
            )
            life = int(answer.expires_in) - TOKEN_MARGIN_SECONDS
            return str(answer.access_token), float(min(life, TOKEN_LIFE_SECONDS))
        except Exception as error:
            raise TokenError(_mint_outcome(error)) from None


def _oauth(config: LineConfig) -> Any:
    """Return the API of tokens, which is asked without one."""
    client = oauth.ApiClient(_hardened(oauth.Configuration(host=config.host.rstrip("/"))))
    return oauth.ChannelAccessToken(client)


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


def _telling(api_client: Any) -> Any:
    """Return *api_client* with connections that say whether an error arose before the sending."""
    api_client.rest_client.pool_manager.pool_classes_by_scheme = POOLS
    return api_client


class LineClient:
    """The SDK's parts, hardened, each request with a token that LINE takes."""

    def __init__(self, config: LineConfig) -> None:
        self._config = config
        self._tokens = _Tokens(config)

    def ask(self, request: Callable[[str], Any]) -> Any:
        """
        Return what *request* returns when it is given a token.

        A token that LINE refuses is minted anew once; a second refusal is the answer. Raises
        TokenError, and what the SDK raises.
        """
        token = self._tokens.get()
        try:
            return request(token)
        except Exception as error:
            if getattr(error, "status", None) != 401 or not self._tokens.can_mint:
                raise
        self._tokens.forget(token)
        return request(self._tokens.get())

    def seconds_left(self) -> int | None:
        """
        Return for how long the static token still holds, as LINE tells of it.

        None where its end concerns nobody, since tokens can be minted, and for one without an
        end. Raises what the SDK raises.
        """
        token = self._tokens.static
        if not token or self._tokens.can_mint:
            return None
        answer = _oauth(self._config).verify_channel_token(
            token, _request_timeout=self._config.timeout
        )
        left = int(answer.expires_in)
        return left if left < NO_END_SECONDS else None

    @property
    def timeout(self) -> tuple[float, float]:
        """(connect, read) in seconds, which every call must be given."""
        return self._config.timeout

    def messaging(self, token: str) -> Any:
        """Return the Messaging API."""
        configuration = messaging.Configuration(host=self._host, access_token=token)
        return messaging.MessagingApi(_telling(messaging.ApiClient(_hardened(configuration))))

    def insight(self, token: str) -> Any:
        """Return the API of statistics."""
        configuration = insight.Configuration(host=self._host, access_token=token)
        return insight.Insight(_telling(insight.ApiClient(_hardened(configuration))))

    def redact(self, text: str) -> str:
        """Return *text* without any secret of this channel's."""
        return redact(text, *self._tokens.secrets)

    @property
    def _host(self) -> str:
        return self._config.host.rstrip("/")
