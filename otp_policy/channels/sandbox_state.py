"""What the sandbox remembers: messages, requests, tokens and the faults that are waiting."""

from __future__ import annotations

import copy
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from otp_policy.channels.sandbox_faults import Fault

__all__ = ["Account", "Answer", "Record", "Request", "State"]

KEY_LIFE_SECONDS = 24 * 3600  # how long LINE remembers a retry key
TOKEN_LIFE_SECONDS = 900

Record = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """
    The credentials that the sandbox accepts, and the size of the pretended audience.

    `line_quota` is the monthly limit of messages, None for no limit; one broadcast uses one
    message per friend.
    """

    line_token: str = field(default="sandbox-line-token", repr=False)
    line_channel_id: str = "1650000000"
    line_channel_secret: str = field(default="sandbox-line-secret", repr=False)
    line_quota: int | None = None
    line_friends: int = 1
    page_id: str = "104000000000001"
    page_token: str = field(default="sandbox-page-token", repr=False)
    app_id: str = ""
    app_secret: str = field(default="", repr=False)


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

    A header whose value is None is left out.
    """

    status: int
    body: object = field(default_factory=dict)
    headers: Mapping[str, str | None] = field(default_factory=dict)
    accepted: bool = False  # whether this request changed what the public sees


class State:
    """Everything in memory, behind one lock."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.lock = threading.RLock()
        self.waiting: list[threading.Event] = []  # one for each request that is held
        self.clear()

    def clear(self) -> None:
        """Forget everything; requests that are held go on."""
        with self.lock:
            self.messages: list[Record] = []
            self.requests: list[Record] = []
            self.keys: dict[str, tuple[str, float]] = {}  # retry key: request id, when
            self.tokens: dict[str, float] = {}  # minted token: when it expires
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

    def take_fault(self, *, channel: str, operation: str) -> Fault | None:
        """Return the oldest fault that fits, and use it up by one."""
        with self.lock:
            for index, fault in enumerate(self.faults):
                if fault.fits(channel=channel, operation=operation):
                    left = fault.used_once()
                    self.faults[index : index + 1] = [left] if left else []
                    return fault
        return None

    def accepted_request(self, key: str) -> str:
        """Return the id of the request that used the LINE retry *key*, or ""."""
        with self.lock:
            request_id, at = self.keys.get(key, ("", 0.0))
            return request_id if time.monotonic() - at < KEY_LIFE_SECONDS else ""

    def mint(self) -> str:
        """Return a new stateless LINE token."""
        token = f"stateless-{uuid.uuid4().hex}"
        with self.lock:
            self.tokens[token] = time.monotonic() + TOKEN_LIFE_SECONDS
        return token

    def knows_token(self, token: str) -> bool:
        """Whether LINE would let *token* in."""
        with self.lock:
            static = bool(token) and token == self.account.line_token
            return static or self.tokens.get(token, 0.0) > time.monotonic()

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


def now() -> str:
    """Return this instant as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
