"""The words that every channel adapter speaks: what to tell, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

__all__ = [
    "Adapter",
    "Capabilities",
    "EditingAdapter",
    "ErrorClass",
    "Notice",
    "Outcome",
    "OutcomeState",
    "Problem",
    "Reconciled",
    "Reconciliation",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """
    What the office wants to tell on a channel.

    `reference` is unique to the delivery. It is printed in the Facebook text, because reading
    it back is the only proof that Facebook gives of an earlier attempt.
    """

    title: str
    text: str
    url: str
    reference: str
    image_url: str = ""


class OutcomeState(StrEnum):
    """
    What one attempt proved. It speaks of that attempt alone.

    INVARIANT: only `SENT`, a read-back or a person settles an earlier `UNKNOWN`; a later refusal
    does not.
    """

    SENT = "sent"
    NOT_SENT = "not_sent"  # proved not to have left: safe to try again
    REJECTED = "rejected"  # permanent: content or permission
    HELD = "held"  # quota, rate, or a person must act
    UNKNOWN = "unknown"  # may or may not be public


class ErrorClass(StrEnum):
    """What to do next. Empty in an `Outcome` that was sent."""

    RETRY = "retry"  # try again later, by itself
    QUOTA = "quota"  # hold the channel until there is allowance again
    PERSON = "person"  # somebody must renew access or permission
    CONTENT = "content"  # somebody must change the text
    UNKNOWN = "unknown"  # reconcile before anything else


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """
    What became of one attempt.

    `remote_id` names the message at the service (LINE names the accepted request instead).
    `detail` is for the delivery ledger: redacted, never a token, at most 500 characters.
    """

    state: OutcomeState
    remote_id: str = ""
    request_id: str = ""
    permalink: str = ""
    error_class: str = ""  # a value of ErrorClass
    detail: str = ""
    retry_after_seconds: int | None = None


class Reconciled(StrEnum):
    """What looking at the service showed."""

    FOUND = "found"
    ABSENT = "absent"
    UNDECIDABLE = "undecidable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What looking for an earlier attempt showed, with the message when it was found."""

    state: Reconciled
    remote_id: str = ""
    permalink: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What the service can do for a message that is already out."""

    edit: bool
    delete: bool
    idempotent: bool  # sending again with the same key is safe
    reconcile: bool  # what was sent can be read back


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """
    A limit of the service that the payload breaks.

    `code` is `empty`, `too_long`, `too_many`, `too_large`, `url_not_allowed`,
    `reference_missing` or `shape`. `limit` and `actual` are in the service's own unit for that
    place; both are 0 where there is nothing to count.
    """

    code: str
    where: str
    limit: int
    actual: int


class Adapter(Protocol):
    """A channel. `send` and `reconcile` never raise: what is not understood is unknown."""

    name: str
    capabilities: Capabilities

    def render(self, notice: Notice) -> dict[str, object]:
        """Return the payload to freeze: plain JSON values, without any secret."""

    def validate(self, payload: Mapping[str, object]) -> tuple[Problem, ...]:
        """Return every limit of the service that *payload* breaks, without asking it."""

    def send(self, payload: Mapping[str, object], *, key: str) -> Outcome:
        """Send the frozen *payload* once. *key* is a UUID, stored before the first attempt."""

    def reconcile(
        self, payload: Mapping[str, object], *, key: str, since: datetime
    ) -> Reconciliation:
        """Look for an earlier attempt. *since* is the first attempt's instant, with its zone."""


@runtime_checkable
class EditingAdapter(Adapter, Protocol):
    """A channel where what is out can be changed and taken down. Both may be repeated."""

    def edit(self, remote_id: str, payload: Mapping[str, object]) -> Outcome:
        """Replace the text of a message that is out."""

    def delete(self, remote_id: str) -> Outcome:
        """Take a message down. A message that is already gone counts as done."""
