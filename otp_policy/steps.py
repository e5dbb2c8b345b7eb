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


# The loops below are plain ones on purpose: a generator for each costs a decision half its time.


def _missing(assents: tuple[Assent, ...], question: Question) -> bool:
    """Return whether no assent counts: none by a contributor does (annex 1 step 3, our reading)."""
    contributors = question.item.contributors
    for assent in assents:  # noqa: SIM110
        if assent.by not in contributors:
            return False
    return True


def _stale(assents: tuple[Assent, ...], question: Question) -> bool:
    """Return whether some assents count, but none of them was given to the present digest."""
    # INVARIANT: an assent holds for the digest it was given to and for no other.
    contributors, digest = question.item.contributors, question.item.digest
    is_stale = False
    for assent in assents:
        if assent.by not in contributors:
            if assent.digest == digest:
                return False
            is_stale = True
    return is_stale


def _endorsement_missing(question: Question, channel: str) -> bool:
    return _missing(question.item.endorsements, question)


def _endorsement_stale(question: Question, channel: str) -> bool:
    return _stale(question.item.endorsements, question)


def _same_person(question: Question, channel: str) -> bool:
    """Return whether the present text was endorsed by nobody but the one who now decides."""
    contributors, digest = question.item.contributors, question.item.digest
    is_own = False
    for assent in question.item.endorsements:
        if assent.digest == digest and assent.by not in contributors:
            if assent.by != question.actor.id:
                return False
            is_own = True
    return is_own


def _approval_missing(question: Question, channel: str) -> bool:
    return _missing(question.item.approvals, question)


def _approval_stale(question: Question, channel: str) -> bool:
    return _stale(question.item.approvals, question)


def _approved(question: Question) -> bool:
    contributors, digest = question.item.contributors, question.item.digest
    return any(
        assent.digest == digest and assent.by not in contributors
        for assent in question.item.approvals
    )


# The next two are asked only where urgent items may go out before their approval. An item that
# is approved already needs neither.


def _urgent_reason_missing(question: Question, channel: str) -> bool:
    return not question.item.urgent_reason and not _approved(question)


def _second_person_missing(question: Question, channel: str) -> bool:
    """Return whether nobody but contributors and the publisher stands for the present text."""
    contributors, digest = question.item.contributors, question.item.digest
    for assent in question.item.endorsements:
        if assent.digest == digest and assent.by not in (*contributors, question.actor.id):
            return False
    return not _approved(question)


def _slot_missing(question: Question, channel: str) -> bool:
    for slot in question.item.slots:  # noqa: SIM110
        if slot.channel == channel:
            return False
    return True


def _slot_unconfirmed(question: Question, channel: str) -> bool:
    is_unconfirmed = False
    for slot in question.item.slots:
        if slot.channel == channel:
            if slot.confirmed_by:
                return False
            is_unconfirmed = True
    return is_unconfirmed


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
        ReasonCode.SAME_PERSON: _same_person,
        ReasonCode.SLOT_MISSING: _slot_missing,
        ReasonCode.SLOT_UNCONFIRMED: _slot_unconfirmed,
        ReasonCode.APPROVAL_MISSING: _approval_missing,
        ReasonCode.APPROVAL_STALE: _approval_stale,
        ReasonCode.URGENT_REASON_MISSING: _urgent_reason_missing,
        ReasonCode.SECOND_PERSON_MISSING: _second_person_missing,
        ReasonCode.WEBSITE_NOT_LIVE: _website_not_live,
        ReasonCode.ALREADY_LIVE: _already_live,
        ReasonCode.NOT_LIVE: _not_live,
    }
)
"""Every code that is not about authority or the commencement, in the order of the answer."""
