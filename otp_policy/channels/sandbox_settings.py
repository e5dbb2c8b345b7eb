"""How the sandbox's services shall be today: what `POST /_sandbox/settings` takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace

__all__ = [
    "ACCEPTED",
    "EXAMPLE",
    "LineAccount",
    "PageAccount",
    "Settings",
    "SettingsError",
    "line_accounts",
    "pages",
    "parse",
]

LONGEST_SECONDS = 600
NO_END = 3_138_007_490  # seconds, LINE's own example of a long-lived token
STATUSES = ("ready", "unready", "out_of_service")
SCOPES = ("pages_manage_posts", "pages_read_engagement")

ACCEPTED: dict[str, object] = {
    "line_quota": "messages a month for each LINE account, null for no limit",
    "line_friends": "how many friends each LINE account has; one broadcast costs as many messages",
    "line_rate_per_hour": "broadcasts an hour for each LINE account, null for no limit",
    "line_token_expired": "true: LINE refuses every token that it gave so far; new ones work",
    "line_token_seconds": "how long a token that is minted from now on lives",
    "line_token_ends_in_seconds": "what LINE tells of how long an account's own token still holds",
    "line_statistics": list(STATUSES),
    "line_unique_impressions": "readers of each broadcast; under 20 LINE tells null",
    "line_unique_clicks": "readers who followed the address; under 20 LINE tells null",
    "latency_seconds": f"how long every answer takes, at most {LONGEST_SECONDS}",
    "read_lag_seconds": "how long a Page hides a new post from its own list of posts",
    "refuse_duplicates": "true: the same text as the Page's last post is code 506",
    "page_calls_per_hour": "calls an hour for each Page, posts and readings, null for no limit",
    "page_token_expired": "true: every Page token is refused with code 190 and subcode 463",
    "page_token_expires_at": "what debug_token tells, in Unix seconds, 0 for never",
    "page_scopes": "what debug_token tells, a list of permissions",
    "line_accounts": "more accounts: [{token, channel_id, channel_secret}]",
    "pages": "more Pages: [{id, token}]",
}

EXAMPLE: dict[str, object] = {"line_quota": 1000, "line_friends": 300, "latency_seconds": 0.5}


class SettingsError(ValueError):
    """The body of a settings request is wrong. Its text says how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One value for all accounts of the sandbox. `ACCEPTED` says what each means."""

    line_quota: int | None = None
    line_friends: int = 1
    line_rate_per_hour: int | None = 60
    line_token_expired: bool = False
    line_token_seconds: int = 900
    line_token_ends_in_seconds: int = NO_END
    line_statistics: str = "ready"
    line_unique_impressions: int = 0
    line_unique_clicks: int = 0
    latency_seconds: float = 0.0
    read_lag_seconds: float = 0.0
    refuse_duplicates: bool = False
    page_calls_per_hour: int | None = None
    page_token_expired: bool = False
    page_token_expires_at: int = 0
    page_scopes: tuple[str, ...] = SCOPES

    def as_json(self) -> dict[str, object]:
        """Return the settings as `GET /_sandbox/settings` tells them."""
        return asdict(self) | {"page_scopes": list(self.page_scopes)}


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAccount:
    """One LINE Official Account. `name` is how reports call it: the channel's id, never a token."""

    name: str
    token: str = ""
    channel_id: str = ""
    channel_secret: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAccount:
    """One Facebook Page."""

    page_id: str
    token: str


def parse(data: Mapping[str, object], *, settings: Settings) -> Settings:
    """Return *settings* with what *data* changes. Raises SettingsError."""
    if strange := sorted(str(name) for name in data if name not in ACCEPTED):
        raise SettingsError(f"unknown: {', '.join(strange)}")
    changed: dict[str, object] = {}
    for name, value in data.items():
        if name in _CHECKS:
            if not _CHECKS[name](value):
                raise SettingsError(f"`{name}` must be: {ACCEPTED[name]}")
            changed[name] = tuple(value) if isinstance(value, list) else value
    return replace(settings, **changed)  # type: ignore[arg-type]  # checked by name above


def line_accounts(data: Mapping[str, object]) -> list[LineAccount]:
    """Return the LINE accounts that *data* adds. Raises SettingsError."""
    accounts = []
    for fields in _rows(data, "line_accounts"):
        token, channel = fields.get("token", ""), fields.get("channel_id", "")
        secret = fields.get("channel_secret", "")
        if not channel or not (token or secret):
            raise SettingsError("each of `line_accounts` needs channel_id, and token or secret")
        accounts.append(
            LineAccount(name=channel, token=token, channel_id=channel, channel_secret=secret)
        )
    return accounts


def pages(data: Mapping[str, object]) -> list[PageAccount]:
    """Return the Pages that *data* adds. Raises SettingsError."""
    added = []
    for fields in _rows(data, "pages"):
        if not fields.get("id") or not fields.get("token"):
            raise SettingsError("each of `pages` needs id and token")
        added.append(PageAccount(page_id=fields["id"], token=fields["token"]))
    return added


def _rows(data: Mapping[str, object], name: str) -> list[dict[str, str]]:
    rows = data.get(name, [])
    if not isinstance(rows, list):
        raise SettingsError(f"`{name}` must be a list")
    for row in rows:
        texts = row.values() if isinstance(row, dict) else [None]
        if not all(isinstance(value, str) for value in texts):
            raise SettingsError(f"`{name}` must be objects of texts")
    return rows


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _whole_or_none(value: object) -> bool:
    return value is None or _whole(value)


def _boolean(value: object) -> bool:
    return isinstance(value, bool)


def _seconds(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and 0 <= value <= LONGEST_SECONDS  # type: ignore[operator]


def _words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


_CHECKS: dict[str, Callable[[object], bool]] = {
    "line_quota": _whole_or_none,
    "line_friends": _whole,
    "line_rate_per_hour": _whole_or_none,
    "line_token_expired": _boolean,
    "line_token_seconds": _whole,
    "line_token_ends_in_seconds": _whole,
    "line_statistics": lambda value: value in STATUSES,
    "line_unique_impressions": _whole,
    "line_unique_clicks": _whole,
    "latency_seconds": _seconds,
    "read_lag_seconds": _seconds,
    "refuse_duplicates": _boolean,
    "page_calls_per_hour": _whole_or_none,
    "page_token_expired": _boolean,
    "page_token_expires_at": _whole,
    "page_scopes": _words,
}
