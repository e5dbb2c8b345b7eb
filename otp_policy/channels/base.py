"""The words that every channel adapter speaks: what to tell, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from otp_policy.channels.preview import Preview
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

__all__ = [
    "Adapter",
    "Capabilities",
    "Check",
    "CheckState",
    "CheckingAdapter",
    "EditingAdapter",
    "ErrorClass",
    "Health",
    "HealthAdapter",
    "HealthState",
    "LinkClicks",
    "MeteredAdapter",
    "Notice",
    "NoticeKind",
    "Outcome",
    "OutcomeState",
    "Preview",
    "Problem",
    "Quota",
    "Reconciled",
    "Reconciliation",
    "Statistics",
    "StatisticsAdapter",
    "StatisticsState",
]


class NoticeKind(StrEnum):
    """What the notice does: it tells something new, or speaks of what was told before."""

    PUBLISH = "publish"
    CORRECT = "correct"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """
    What the office wants to tell on a channel.

    `reference` is unique to the delivery. It is printed in the Facebook text, because reading
    it back is the only proof that Facebook gives of an earlier attempt.

    `kind` marks a correction or a withdrawal of what the address tells; `note` then says what was
    corrected, or why it was withdrawn, and `on` is the office's day of it.
    """

    title: str
    text: str
    url: str
    reference: str
    image_url: str = ""
    kind: NoticeKind = NoticeKind.PUBLISH
    note: str = ""
    on: date | None = None


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
    `retry_after_seconds` of what was sent, or is held with `ErrorClass.RETRY`: for so long the
    service wants to be left alone by the whole channel; else it speaks of this message.
    `of_message_alone`: a person has to see to this message, and the channel sends all the same.
    `at_most`: so many answers of this kind in a row, and a person has to see to it; answers are of
    one kind if their `detail` agrees up to its first colon.
    """

    state: OutcomeState
    remote_id: str = ""
    request_id: str = ""
    permalink: str = ""
    error_class: str = ""  # a value of ErrorClass
    detail: str = ""
    retry_after_seconds: int | None = None
    of_message_alone: bool = False
    at_most: int | None = None


class Reconciled(StrEnum):
    """What looking at the service showed."""

    FOUND = "found"
    ABSENT = "absent"
    UNDECIDABLE = "undecidable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """
    What looking for an earlier attempt showed, with the message when it was found.

    `retry_after_seconds`: for so long the service wants to be left alone by the whole channel.
    """

    state: Reconciled
    remote_id: str = ""
    permalink: str = ""
    detail: str = ""
    retry_after_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """
    What the service can do for a message that is already out.

    `sends_per_hour` is how often the service lets a channel send, None for no such limit.
    """

    edit: bool
    delete: bool
    idempotent: bool  # sending again with the same key is safe
    reconcile: bool  # what was sent can be read back
    sends_per_hour: int | None = None


class Adapter(Protocol):
    """A channel. `send` and `reconcile` never raise: what is not understood is unknown."""

    name: str
    capabilities: Capabilities

    def render(self, notice: Notice) -> dict[str, object]:
        """Return the payload to freeze: plain JSON values, without any secret."""

    def validate(self, payload: Mapping[str, object]) -> tuple[Problem, ...]:
        """Return every limit of the service that *payload* breaks, without asking it."""

    def preview(self, payload: Mapping[str, object]) -> Preview:
        """Return what a reader will see of *payload*, with the limits that apply to it."""

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


@runtime_checkable
class CheckingAdapter(Adapter, Protocol):
    """A channel whose service judges a payload without sending it."""

    def check(self, payload: Mapping[str, object]) -> Check:
        """Return what the service says of *payload*. Never raises."""


@runtime_checkable
class MeteredAdapter(Adapter, Protocol):
    """A channel with an allowance that each sending uses up."""

    def quota(self) -> Quota:
        """Return the month's allowance and what one sending costs. Never raises."""


@runtime_checkable
class HealthAdapter(Adapter, Protocol):
    """A channel that can be asked whether its access is in order."""

    def health(self) -> Health:
        """Return whether the channel could send now. Never raises."""


@runtime_checkable
class StatisticsAdapter(Adapter, Protocol):
    """A channel that counts readers."""

    def statistics(self, remote_id: str) -> Statistics:
        """Return the numbers of the message that `Outcome.remote_id` names. Never raises."""
