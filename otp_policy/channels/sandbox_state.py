"""What the sandbox remembers: messages, requests, tokens and the faults that are waiting."""

from __future__ import annotations

import copy
import threading
import time
import uuid
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from otp_policy.channels.sandbox_faults import Fault
from otp_policy.channels.sandbox_settings import LineAccount, PageAccount, Settings

__all__ = ["Account", "Answer", "Record", "Request", "State"]

KEY_LIFE_SECONDS = 24 * 3600  # how long LINE remembers a retry key
RATE_SECONDS = 3600

Record = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """
    The credentials that the sandbox accepts, and the size of the pretended audience.

    `line_quota` is the monthly limit of messages, None for no limit; one broadcast uses one
    message per friend. `line_rate_per_hour` is how many broadcasts an account may make in an
    hour, `page_calls_per_hour` how often a Page may be asked; None for no limit. `more_line` and
    `more_pages` are accounts beside the first.
    """

    line_token: str = field(default="sandbox-line-token", repr=False)
    line_channel_id: str = "1650000000"
    line_channel_secret: str = field(default="sandbox-line-secret", repr=False)
    line_quota: int | None = None
    line_friends: int = 1
    line_rate_per_hour: int | None = 60
    page_id: str = "104000000000001"
    page_token: str = field(default="sandbox-page-token", repr=False)
    page_calls_per_hour: int | None = None
    app_id: str = ""
    app_secret: str = field(default="", repr=False)
    more_line: tuple[LineAccount, ...] = field(default=(), repr=False)
    more_pages: tuple[PageAccount, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as the services see it. Header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """
    One answer. A `body` of type str goes out as it is, anything else as JSON.

    A header whose value is None is left out. With `cut` only the first half of the body goes out
    before the connection breaks.
    """

    status: int
    body: object = field(default_factory=dict)
    headers: Mapping[str, str | None] = field(default_factory=dict)
    accepted: bool = False  # whether this request changed what the public sees
    cut: bool = False


class State:
    """Everything in memory, behind one lock."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.lock = threading.RLock()
        self.waiting: list[threading.Event] = []  # one for each request that is held
        self.reset_settings()
        self.clear()

    def reset_settings(self) -> None:
        """Return to the settings and accounts of the beginning."""
        account = self.account
        first = LineAccount(
            name=account.line_channel_id,
            token=account.line_token,
            channel_id=account.line_channel_id,
            channel_secret=account.line_channel_secret,
        )
        with self.lock:
            self.settings = Settings(
                line_quota=account.line_quota,
                line_friends=account.line_friends,
                line_rate_per_hour=account.line_rate_per_hour,
                page_calls_per_hour=account.page_calls_per_hour,
            )
            self.lines = {item.name: item for item in (first, *account.more_line)}
            self.pages = {account.page_id: account.page_token}
            self.pages |= {page.page_id: page.token for page in account.more_pages}

    def change(
        self, settings: Settings, *, lines: list[LineAccount], pages: list[PageAccount]
    ) -> None:
        """Take new *settings* and further accounts."""
        with self.lock:
            if settings.line_token_expired and not self.settings.line_token_expired:
                self.tokens.clear()
            self.settings = settings
            self.lines |= {line.name: line for line in lines}
            self.pages |= {page.page_id: page.token for page in pages}

    def clear(self) -> None:
        """Forget everything; requests that are held go on."""
        with self.lock:
            self.messages: list[Record] = []
            self.requests: list[Record] = []
            self.keys: dict[tuple[str, str], tuple[str, float]] = {}  # (account, retry key)
            self.tokens: dict[str, tuple[str, float]] = {}  # minted: account, when it expires
            self.used: dict[str, int] = defaultdict(int)  # LINE account: messages this month
            self.broadcasts: dict[str, deque[float]] = defaultdict(deque)  # when, in the hour
            self.page_calls: dict[str, deque[float]] = defaultdict(deque)  # the same of Pages
            self.clear_faults()

    def clear_faults(self) -> None:
        """Forget the faults; requests that are held go on."""
        with self.lock:
            self.faults: list[Fault] = []
            for event in self.waiting:
                event.set()

    def hold(self) -> threading.Event:
        """Return an event that is set when a held request shall go on."""
        event = threading.Event()
        with self.lock:
            self.waiting.append(event)
        return event

    def let_go(self, event: threading.Event) -> None:
        """Say that the request that waited for *event* waits no more."""
        with self.lock:
            if event in self.waiting:
                self.waiting.remove(event)

    def add_message(self, message: Record) -> None:
        """Remember a message that the public sees from now on."""
        with self.lock:
            self.messages.append({**message, "received_at": now()})

    def take_fault(self, *, channel: str, operation: str, account: str) -> Fault | None:
        """Return the oldest fault that fits, and use it up by one."""
        with self.lock:
            for index, fault in enumerate(self.faults):
                if fault.fits(channel=channel, operation=operation, account=account):
                    left = fault.used_once()
                    self.faults[index : index + 1] = [left] if left else []
                    return fault
        return None

    def accepted_request(self, account: str, key: str) -> str:
        """Return the id of the request of *account* that used the LINE retry *key*, or ""."""
        with self.lock:
            request_id, at = self.keys.get((account, key), ("", 0.0))
            return request_id if time.monotonic() - at < KEY_LIFE_SECONDS else ""

    def mint(self, account: str) -> str:
        """Return a new stateless LINE token."""
        token = f"stateless-{uuid.uuid4().hex}"
        with self.lock:
            life = self.settings.line_token_seconds
            self.tokens[token] = (account, time.monotonic() + life)
        return token

    def line_account(self, token: str) -> str:
        """Return the name of the account that LINE would let in with *token*, or ""."""
        with self.lock:
            name, expires = self.tokens.get(token, ("", 0.0))
            if expires > time.monotonic():
                return name
            if not token or self.settings.line_token_expired:
                return ""
            return next((item.name for item in self.lines.values() if item.token == token), "")

    def broadcasts_this_hour(self, account: str) -> int:
        """Return how many broadcasts *account* made within the last hour."""
        with self.lock:
            return len(_within_the_hour(self.broadcasts[account]))

    def calls_this_hour(self, page: str) -> deque[float]:
        """Return when *page* was asked within the last hour, the earliest first."""
        with self.lock:
            return _within_the_hour(self.page_calls[page])

    def received(self) -> tuple[list[Record], int]:
        """Return the messages so far, and how many requests are held now."""
        with self.lock:
            return copy.deepcopy(self.messages), len(self.waiting)

    def report(self) -> Record:
        """Return what was received, as `GET /_sandbox/messages` answers it."""
        with self.lock:
            return copy.deepcopy(
                {"messages": self.messages, "requests": self.requests, "held": len(self.waiting)}
            )


def _within_the_hour(made: deque[float]) -> deque[float]:
    while made and time.monotonic() - made[0] >= RATE_SECONDS:
        made.popleft()
    return made


def now() -> str:
    """Return this instant as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
