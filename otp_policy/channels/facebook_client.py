"""Requests to the Graph API: one call is one request, and nothing of it is believed unread."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from pyfacebook import GraphAPI

from otp_policy.channels.facebook_transport import LastLookAdapter
from otp_policy.channels.redaction import guard_loggers, redact

__all__ = ["Call", "FacebookConfig", "redacted"]

guard_loggers("urllib3.connectionpool", "pyfacebook.api.graph", "pyfacebook.ratelimit")


@dataclass(frozen=True, slots=True)
class FacebookConfig:
    """
    Which Page, and as whom. `timeout` is (connect, read) in seconds.

    With `app_secret` every request carries `appsecret_proof`.
    """

    graph_url: str
    page_id: str
    page_token: str = field(repr=False)
    app_id: str = ""
    app_secret: str = field(default="", repr=False)
    timeout: tuple[float, float] = (5.0, 20.0)


class Call:
    """One GraphAPI for one request, and what its answer said beyond the JSON."""

    def __init__(self, config: FacebookConfig) -> None:
        self.status = 0
        self.regain_after_seconds: int | None = None
        self.api: Any = GraphAPI(
            app_id=config.app_id or None,
            app_secret=config.app_secret or None,
            access_token=config.page_token,
            base_url=config.graph_url.rstrip("/") + "/",
            timeout=config.timeout,
            sleep_on_rate_limit=False,
        )
        self.api.session.trust_env = False
        self.api.session.max_redirects = 0  # a redirect raises before it is followed
        for scheme in ("http://", "https://"):
            self.api.session.mount(scheme, LastLookAdapter())
        self.api.session.hooks["response"].append(self._note)
        # The SDK raises on usage headers it does not know, after the post is out.
        self.api.rate_limit.set_limit = lambda headers: None

    def __enter__(self) -> Call:
        return self

    def __exit__(self, *_: object) -> None:
        self.api.session.close()

    def _note(self, response: Any, **_: object) -> None:
        self.status = response.status_code
        self.regain_after_seconds = _regain_seconds(
            response.headers.get("x-business-use-case-usage", "")
        )


def redacted(text: str, config: FacebookConfig) -> str:
    """Return *text* without any secret of this Page's."""
    return redact(text, config.page_token, config.app_secret)


def _regain_seconds(usage: str) -> int | None:
    """Return the longest `estimated_time_to_regain_access`, which Meta gives in minutes."""
    try:
        data = json.loads(usage) if usage else {}
        minutes = [
            int(item.get("estimated_time_to_regain_access") or 0)
            for items in data.values()
            for item in items
        ]
    except (ValueError, TypeError, AttributeError, ArithmeticError):
        return None
    return max(minutes, default=0) * 60 or None
