"""
What the policy is asked, and what it answers: plain frozen values.

The code knows the actions and the reason codes below. Every other name (roles, units, categories,
channels) is data of the policy file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

__all__ = [
    "Action",
    "Actor",
    "Assent",
    "Decision",
    "Delegation",
    "Finding",
    "Item",
    "Post",
    "Question",
    "ReasonCode",
    "Slot",
]


class Action(StrEnum):
    """What a person may want to do in the life of an item."""

    PREPARE = "prepare"
    PROPOSE_SLOT = "propose_slot"
    CONFIRM_SLOT = "confirm_slot"
    ENDORSE = "endorse"
    APPROVE = "approve"
    PUBLISH = "publish"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    RESPOND = "respond"
    ATTEST = "attest"


class ReasonCode(StrEnum):
    """Why the policy says no. The order is the order in which reasons are given."""

    NOT_IN_FORCE = "not_in_force"
    DELEGATION_NOT_IN_FORCE = "delegation_not_in_force"
    WRONG_UNIT = "wrong_unit"
    ROLE_MISSING = "role_missing"
    OWN_WORK = "own_work"
    ENDORSEMENT_MISSING = "endorsement_missing"
    ENDORSEMENT_STALE = "endorsement_stale"
    SAME_PERSON = "same_person"
    SLOT_MISSING = "slot_missing"
    SLOT_UNCONFIRMED = "slot_unconfirmed"
    APPROVAL_MISSING = "approval_missing"
    APPROVAL_STALE = "approval_stale"
    URGENT_REASON_MISSING = "urgent_reason_missing"
    SECOND_PERSON_MISSING = "second_person_missing"
    WEBSITE_NOT_LIVE = "website_not_live"
    ALREADY_LIVE = "already_live"
    NOT_LIVE = "not_live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A role held in a unit, as the office holder or by acting in the office."""

    role: str
    unit: str = ""
    acting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """A role assigned by a dated order, from its first day to its last, both included."""

    role: str
    unit: str = ""
    from_on: date
    until_on: date
    order: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person, known by an opaque id, and what that person holds."""

    id: str
    posts: tuple[Post, ...] = ()
    delegations: tuple[Delegation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """The time at which an item is to go out on one channel."""

    channel: str
    at: datetime | None = None
    confirmed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assent:
    """An endorsement or an approval: who gave it, and to which digest."""

    by: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """
    What is to be prepared, approved or published, as it stands at the moment of the question.

    `contributors` are all who changed it since its last approval. `live` and `live_digest` speak
    of the first channel, the one that every other channel waits for. An empty `channel` means
    that first channel.
    """

    category: str
    unit: str
    digest: str
    id: str = ""
    contributors: tuple[str, ...] = ()
    live: bool = False
    live_digest: str = ""
    urgent: bool = False
    urgent_reason: str = ""
    channel: str = ""
    slots: tuple[Slot, ...] = ()
    endorsements: tuple[Assent, ...] = ()
    approvals: tuple[Assent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """May this person do this to this item on this day (in the time zone of the policy)?"""

    on: date
    action: str
    actor: Actor
    item: Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One reason for a refusal; `interpretation` if its clause does not bear it literally."""

    code: ReasonCode
    clause: str
    interpretation: bool

    def __hash__(self) -> int:
        # A text keeps its hash, an enum works it out anew each time; equality looks at all three.
        return hash(self.clause)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer, with every reason against it, and the policy (`id@version`) that gave it."""

    allowed: bool
    reasons: tuple[Finding, ...]
    policy: str
