"""
What else stands in the way of an action, once authority is settled.

One question for each reason code, in the order in which the reasons are given. Which of them
an action has to pass, and under which clause, is data of the policy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from otp_policy.model import Assent, Question, ReasonCode

__all__ = ["OBSTACLES", "Obstacle"]

Obstacle = Callable[[Question, str], bool]
"""Takes the question and the channel it is about; true if this stands in the way."""


def _own_work(question: Question, channel: str) -> bool:
    # INVARIANT: every contributor counts, not the last editor.
    return question.actor.id in question.item.contributors


def _counting(assents: tuple[Assent, ...], question: Question) -> list[Assent]:
    """Return the assents that count: none by a contributor (annex 1 step 3, our reading)."""
    contributors = question.item.contributors
    return [assent for assent in assents if assent.by not in contributors]


def _missing(assents: tuple[Assent, ...], question: Question) -> bool:
    return not _counting(assents, question)


def _stale(assents: tuple[Assent, ...], question: Question) -> bool:
    # INVARIANT: an assent holds for the digest it was given to and for no other.
    counting = _counting(assents, question)
    digest = question.item.digest
    return bool(counting) and all(assent.digest != digest for assent in counting)


def _endorsement_missing(question: Question, channel: str) -> bool:
    return _missing(question.item.endorsements, question)


def _endorsement_stale(question: Question, channel: str) -> bool:
    return _stale(question.item.endorsements, question)


def _approval_missing(question: Question, channel: str) -> bool:
    return _missing(question.item.approvals, question)


def _approval_stale(question: Question, channel: str) -> bool:
    return _stale(question.item.approvals, question)


def _slot_missing(question: Question, channel: str) -> bool:
    return all(slot.channel != channel for slot in question.item.slots)


def _slot_unconfirmed(question: Question, channel: str) -> bool:
    slots = [slot for slot in question.item.slots if slot.channel == channel]
    return bool(slots) and not any(slot.confirmed_by for slot in slots)


def _website_not_live(question: Question, channel: str) -> bool:
    return not question.item.live


def _already_live(question: Question, channel: str) -> bool:
    return question.item.live and question.item.live_digest == question.item.digest


def _not_live(question: Question, channel: str) -> bool:
    return not question.item.live


OBSTACLES: Mapping[ReasonCode, Obstacle] = MappingProxyType(
    {
        ReasonCode.OWN_WORK: _own_work,
        ReasonCode.ENDORSEMENT_MISSING: _endorsement_missing,
        ReasonCode.ENDORSEMENT_STALE: _endorsement_stale,
        ReasonCode.SLOT_MISSING: _slot_missing,
        ReasonCode.SLOT_UNCONFIRMED: _slot_unconfirmed,
        ReasonCode.APPROVAL_MISSING: _approval_missing,
        ReasonCode.APPROVAL_STALE: _approval_stale,
        ReasonCode.WEBSITE_NOT_LIVE: _website_not_live,
        ReasonCode.ALREADY_LIVE: _already_live,
        ReasonCode.NOT_LIVE: _not_live,
    }
)
"""Every code that is not about authority or the commencement, in the order of the answer."""
